import assert from 'node:assert/strict';
import {admissionObjectOf} from '../../shared/domain/admission.ts';
import type {Admissions} from '../../shared/ports.ts';

/**
 * What every implementation of the Admissions port promises.
 * @param start gives the port, and how the entry point of a job creates an object of the admission bucket
 */
export function admissionsContract(
  name: string,
  start: () => Promise<{admissions: Admissions; create(object: string, content: string): Promise<unknown>}>,
): void {
  describe(`the admissions on ${name}`, () => {
    let admissions: Admissions;
    let create: (object: string, content: string) => Promise<unknown>;

    before(async () => {
      ({admissions, create} = await start());
    });

    it('say nothing before anybody wrote', async () => {
      assert.equal(await admissions.read('none', 1), undefined);
    });

    it('are revoked for good, of one attempt only', async () => {
      assert.equal(await admissions.revoke('e1', 1), 'revoked');
      assert.equal(await admissions.revoke('e1', 1), 'revoked');

      assert.equal(await admissions.read('e1', 1), 'revoked');
      assert.equal(await admissions.read('e1', 2), undefined);
    });

    it('cannot be revoked once the job has entered, whatever else it wrote', async () => {
      await create(admissionObjectOf('e2', 1), 'entered');
      await create(admissionObjectOf('e2', 2), 'entered by a trainer of its own kind\n');

      for (const attempt of [1, 2]) {
        assert.equal(await admissions.revoke('e2', attempt), 'entered');
        assert.equal(await admissions.read('e2', attempt), 'entered');
      }
    });

    it('are taken by one of two who come at the same moment', async () => {
      const answers = await Promise.all([admissions.revoke('e3', 1), admissions.revoke('e3', 1)]);

      assert.deepEqual(answers, ['revoked', 'revoked']);
    });
  });
}
