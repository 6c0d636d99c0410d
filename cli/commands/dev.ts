import {once} from 'node:events';
import {resolve} from 'node:path';
import {Command, InvalidArgumentError} from 'commander';
import {PermanentError} from '../../shared/errors.ts';
import {startLocalProject} from '../local-project.ts';
import {type GlobalFlags, tell} from '../output.ts';

const DEFAULT_PORT = 8790;

interface Flags extends GlobalFlags {
  readonly port: number;
  readonly folder: string;
}

export const dev = new Command('dev')
  .description('run the local cloud with all functions until Ctrl-C')
  .option('--port <number>', 'HTTP port; gRPC takes the next one; 0 for free ones', parsePort, DEFAULT_PORT)
  .option('--folder <path>', 'where the cloud keeps its state', '.millrace/dev')
  .action(async (_: Flags, command: Command) => {
    const {port, folder, json} = command.optsWithGlobals<Flags>();
    const project = await startLocalProject({folder: resolve(folder), port}).catch((cause: unknown) => {
      throw explainStart(cause, port);
    });
    const {httpUrl, grpcAddress, env} = project;
    tell({http: httpUrl, grpc: grpcAddress, env}, json, () => describe(httpUrl, grpcAddress, env));
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await project.close();
  });

/** A taken port and a taken folder are the failures here that a flag mends. */
function explainStart(cause: unknown, port: number): unknown {
  if (String(cause).includes('in use by another local cloud')) {
    const hint = 'Stop the other one, or choose another folder with --folder.';
    return new PermanentError('FOLDER_IN_USE', String(cause), {hint, cause});
  }
  if (!String(cause).includes('EADDRINUSE')) return cause;
  return new PermanentError('PORT_IN_USE', `port ${port} or ${port + 1} is taken`, {
    hint: 'Stop what uses it, perhaps another "millrace dev", or choose another with --port.',
    cause,
  });
}

function describe(httpUrl: string, grpcAddress: string, env: Readonly<Record<string, string>>): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${value}`);
  return [
    `REST services  ${httpUrl}`,
    `gRPC services  ${grpcAddress}  (Pub/Sub, Firestore)`,
    `Functions      ${httpUrl}/functions/<name>`,
    '',
    'In another terminal, so that clients and the commands find it:',
    '',
    ...exports,
    '',
    'Then: npx millrace push examples/digits && npx millrace drop examples/digits/data/digits.csv --pipeline digits --watch',
    'Ctrl-C stops it; the state stays.',
  ].join('\n');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65534.');
}
