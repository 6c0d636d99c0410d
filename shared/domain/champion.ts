/** What an endpoint shows of who answers: the percent of the traffic per deployed id, and the model version behind each id. */
interface Answering {
  readonly deployed: readonly {readonly id: string; readonly model: string; readonly version: string}[];
  readonly traffic: Readonly<Record<string, number>>;
}

/** The version of a model that has all the traffic of an endpoint; undefined when several share it, or another model has it. */
export function soleAnswer({deployed, traffic}: Answering, model: string): string | undefined {
  const answering = deployed.find(({id}) => traffic[id] === 100);
  return answering?.model.split('/').at(-1) === model ? answering.version : undefined;
}
