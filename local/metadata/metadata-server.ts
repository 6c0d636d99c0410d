import type {FastifyPluginAsync} from 'fastify';

const TOKEN_LIFE_SECONDS = 3600;

export interface Instance {
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
}

/**
 * The metadata server that code on Google Cloud asks for its project and its tokens; client libraries find it by GCE_METADATA_HOST.
 * The tokens open nothing: the local services check no rights.
 */
export function metadataServer({project, projectNumber, region}: Instance): FastifyPluginAsync {
  const account = `functions@${project}.iam.gserviceaccount.com`;
  const answers: Readonly<Record<string, string | object>> = {
    '/computeMetadata/v1/instance': '',
    '/computeMetadata/v1/project/project-id': project,
    '/computeMetadata/v1/project/numeric-project-id': projectNumber,
    '/computeMetadata/v1/instance/region': `projects/${projectNumber}/regions/${region}`,
    '/computeMetadata/v1/instance/service-accounts/default/email': account,
    '/computeMetadata/v1/instance/service-accounts/default/token': {
      access_token: 'ya29.local',
      expires_in: TOKEN_LIFE_SECONDS,
      token_type: 'Bearer',
    },
    '/computeMetadata/v1/universe/universe-domain': 'googleapis.com',
  };
  return async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('Metadata-Flavor', 'Google');
      if (request.headers['metadata-flavor'] === 'Google') return;
      return reply.code(403).type('text/plain').send('Missing Metadata-Flavor:Google header.');
    });
    for (const [path, answer] of Object.entries(answers)) app.get(path, async () => answer);
  };
}
