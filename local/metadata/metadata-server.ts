import type {FastifyPluginAsync} from 'fastify';
import type {TokenSigner} from './token-signer.ts';

const TOKEN_LIFE_SECONDS = 3600;

export interface Instance {
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
}

const ACCOUNTS = '/computeMetadata/v1/instance/service-accounts';

/** The account that functions, commands and jobs run as. */
export function accountOf(project: string): string {
  return `functions@${project}.iam.gserviceaccount.com`;
}

/**
 * The metadata server that code on Google Cloud asks for its project and its tokens; client libraries find it by GCE_METADATA_HOST.
 * Its access tokens open nothing: the local services check no rights. Its identity tokens are signed.
 */
export function metadataServer(
  {project, projectNumber, region}: Instance,
  signer: TokenSigner,
): FastifyPluginAsync {
  const account = accountOf(project);
  const answers: Readonly<Record<string, string | object>> = {
    '/computeMetadata/v1/instance': '',
    '/computeMetadata/v1/project/project-id': project,
    '/computeMetadata/v1/project/numeric-project-id': projectNumber,
    '/computeMetadata/v1/instance/region': `projects/${projectNumber}/regions/${region}`,
    [`${ACCOUNTS}/default/email`]: account,
    [`${ACCOUNTS}/default/token`]: {
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
    app.get<{Params: {account: string}; Querystring: {audience?: string; format?: string}}>(
      `${ACCOUNTS}/:account/identity`,
      async ({params, query}, reply) => {
        reply.type('text/html');
        if (params.account !== 'default' && params.account !== account) {
          return reply.code(404).send(`service account ${params.account} not found`);
        }
        const {audience, format = 'standard'} = query;
        if (!audience) return reply.code(400).send('non-empty audience parameter required');
        if (format !== 'standard' && format !== 'full') return reply.code(400).send('invalid format');
        return signer.sign({account, audience, format});
      },
    );
  };
}
