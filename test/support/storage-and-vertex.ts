import type {AddressInfo} from 'node:net';
import type {FastifyPluginAsync} from 'fastify';
import {storageService} from '../../local/storage/service.ts';
import {type VertexOptions, vertex} from '../../local/vertex/vertex.ts';

/** Vertex AI and the Cloud Storage that its jobs read and write, in one service. */
export function storageAndVertex(options: VertexOptions): FastifyPluginAsync {
  return async (app) => {
    const address = () => {
      const {port} = app.server.address() as AddressInfo;
      return `http://127.0.0.1:${port}`;
    };
    const {state, project} = options;
    await app.register(storageService({state, publish: () => '', projectNumber: project.number}));
    await app.register(vertex({...options, containerEnv: () => ({STORAGE_EMULATOR_HOST: address()})}));
  };
}
