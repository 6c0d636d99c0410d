import {type Config, readConfig} from '../shared/config.ts';
import {PermanentError} from '../shared/errors.ts';
import {type DeadLetters, deadLettersGateway} from '../shared/gateways/dead-letters.ts';
import {googleCloud} from '../shared/gateways/google-cloud.ts';
import {type RerunClient, rerunClient} from '../shared/gateways/rerun-client.ts';
import type {Ports} from '../shared/ports.ts';

/** The cloud that the environment points at. @throws PermanentError ENVIRONMENT */
export function portsFromEnvironment(): Ports {
  return googleCloud(configFromEnvironment());
}

/** The function `rerun` of that cloud. @throws PermanentError ENVIRONMENT */
export function rerunFromEnvironment(): RerunClient {
  return rerunClient(configFromEnvironment());
}

/** The dead letters of that cloud. @throws PermanentError ENVIRONMENT */
export function deadLettersFromEnvironment(): DeadLetters {
  return deadLettersGateway(configFromEnvironment().project);
}

function configFromEnvironment(): Config {
  try {
    return readConfig(process.env);
  } catch (cause) {
    throw new PermanentError('ENVIRONMENT', cause instanceof Error ? cause.message : String(cause), {
      hint: 'For a local cloud run "npx millrace dev" and paste its export lines; for Google Cloud see docs/reference/configuration.md.',
      cause,
    });
  }
}
