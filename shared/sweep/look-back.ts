import {soleAnswer} from '../domain/champion.ts';
import {effectKeyOf} from '../domain/ids.ts';
import {releaseDoorOf} from '../domain/permits.ts';
import type {Run} from '../domain/run.ts';
import {modelOf, servingOf} from '../domain/serving.ts';
import {factOf} from '../find-run.ts';
import {platformOf} from '../platform-of.ts';
import type {Ports} from '../ports.ts';
import {takeBack} from '../settle-endpoint.ts';

type LookBackPorts = Pick<Ports, 'platforms' | 'permits' | 'effects'>;

/**
 * Puts right what requests have done that took effect when their run, or the one that came after it, had ended: a deployment nobody
 * wants, an alias moved back to an older version, a second version of the run.
 * @throws NotYetError when somebody else changes the endpoint at the same time
 */
export async function lookBack(run: Run, ports: LookBackPorts): Promise<void> {
  await takeBack(run, ports);
  if (run.state === 'released') await crownWhoAnswers(run, ports);
  await deleteSecondVersions(run, ports);
}

/** The traffic of an endpoint is changed only by who has seen it as it is; the alias is not, so it follows the traffic. */
async function crownWhoAnswers(run: Run, ports: LookBackPorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const {pipeline} = factOf(run, 'definition');
  const serving = servingOf(pipeline);
  if (serving === undefined) return;
  const {model, endpoint} = serving;
  const {holders} = await ports.permits.read(releaseDoorOf(pipeline));
  // A release that is under way moves both, and is looked back at in its turn.
  if (holders.length > 0) return;
  const version = soleAnswer(await models.endpoint(endpoint), model);
  const champion = await models.champion(model);
  if (version !== undefined && version !== champion?.version) await models.crown(model, version);
}

/** An upload has no admission: one that was given up may have made a version after all, which nobody has deployed. */
async function deleteSecondVersions(run: Run, ports: LookBackPorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const model = modelOf(factOf(run, 'definition').pipeline);
  const key = effectKeyOf(run.id, 'version');
  const {record} = await ports.effects.read(key);
  for (let attempt = 1; attempt <= (record?.attempt ?? 0); attempt++) {
    const version = await models.findByEffect(model, key, attempt);
    if (version !== undefined && version.name !== record?.resource) await models.deleteVersion(version.name);
  }
}
