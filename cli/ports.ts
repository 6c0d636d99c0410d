import {readConfig} from '../shared/config.ts';
import {PermanentError} from '../shared/errors.ts';
import {googleCloud} from '../shared/gateways/google-cloud.ts';
import type {Ports} from '../shared/ports.ts';

/** The cloud that the environment points at. @throws PermanentError ENVIRONMENT */
export function portsFromEnvironment(): Ports {
  try {
    return googleCloud(readConfig(process.env));
  } catch (cause) {
    throw new PermanentError('ENVIRONMENT', cause instanceof Error ? cause.message : String(cause), {
      hint: 'For a local cloud run "npx millrace dev" and paste its export lines; for Google Cloud see docs/reference/configuration.md.',
      cause,
    });
  }
}
