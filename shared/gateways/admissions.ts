import {admissionObjectOf, admissionOf} from '../domain/admission.ts';
import type {Admissions} from '../ports.ts';
import {once} from './once.ts';
import {call, must} from './service-error.ts';

const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

/** Objects of one bucket behind the {@link Admissions} port: Cloud Storage lets exactly one writer create a name. */
export function admissionsGateway(project: string, bucket: string): Admissions {
  const storage = once(async () => new (await import('@google-cloud/storage')).Storage({projectId: project}));
  const fileOf = async (effectKey: string, attempt: number) =>
    (await storage()).bucket(bucket).file(admissionObjectOf(effectKey, attempt));

  return {
    async read(effectKey, attempt) {
      const file = await fileOf(effectKey, attempt);
      const found = await call(`reading ${file.cloudStorageURI}`, () => file.download(), [NOT_FOUND]);
      return found && admissionOf(found[0].toString());
    },
    async revoke(effectKey, attempt) {
      const file = await fileOf(effectKey, attempt);
      const options = {resumable: false, preconditionOpts: {ifGenerationMatch: 0}};
      await call(`revoking ${file.cloudStorageURI}`, () => file.save('revoked', options), [
        PRECONDITION_FAILED,
      ]);
      const [content] = await must(`reading ${file.cloudStorageURI}`, () => file.download());
      return admissionOf(content.toString());
    },
  };
}
