import {setImmediate as turn} from 'node:timers/promises';
import {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {mlV1} from '../../../../local/ml/ml.ts';
import {ServiceCloud} from '../../support/service-cloud.ts';

export const PARENT = 'projects/demo';

/** An ml v1 with its own state folder. @param images shell scripts by image name */
export function openMl(images: Readonly<Record<string, string>>): Promise<ServiceCloud> {
  return ServiceCloud.open(mlV1, images);
}

/** Google's client, as the cloud is reached at the moment. */
export function clientOf({address}: ServiceCloud): ml_v1.Resource$Projects {
  return new ml_v1.Ml({rootUrl: `${address}/`, retry: false}).projects;
}

/** The operation once it is done. */
export async function done(cloud: ServiceCloud, {name}: ml_v1.Schema$GoogleLongrunning__Operation) {
  for (;;) {
    const {data} = await clientOf(cloud).operations.get({name: name ?? ''});
    if (data.done) return data;
    await turn();
  }
}
