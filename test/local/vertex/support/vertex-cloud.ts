import assert from 'node:assert/strict';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {vertex} from '../../../../local/vertex/vertex.ts';
import {ServiceCloud} from '../../support/service-cloud.ts';

export const PARENT = 'projects/demo/locations/us-central1';
/** The same place as the service writes it. */
export const NUMBERED = 'projects/123456/locations/us-central1';

/** A Vertex AI with its own state folder, and Google's client for it. */
export class VertexCloud {
  readonly #cloud: ServiceCloud;

  private constructor(cloud: ServiceCloud) {
    this.#cloud = cloud;
  }

  /** @param images shell scripts by image name */
  static async open(images: Readonly<Record<string, string>>): Promise<VertexCloud> {
    return new VertexCloud(await ServiceCloud.open(vertex, images));
  }

  get api() {
    const rootUrl = `${this.#cloud.address}/`;
    return new aiplatform_v1.Aiplatform({rootUrl, retry: false}).projects.locations;
  }

  get address() {
    return this.#cloud.address;
  }

  get entries() {
    return this.#cloud.entries;
  }

  get folder() {
    return this.#cloud.folder;
  }

  restart(): Promise<void> {
    return this.#cloud.restart();
  }

  close(): Promise<void> {
    return this.#cloud.close();
  }

  /** The log entry that says that the job ended. */
  ended(jobName: string | null | undefined) {
    return this.#cloud.ended(jobName);
  }

  /** The operation once it is done. */
  async done(operation: aiplatform_v1.Schema$GoogleLongrunningOperation) {
    const {data} = await this.api.operations.wait({name: operation.name ?? '', timeout: '10s'});
    assert.equal(data.done, true);
    return data;
  }
}
