import type {Run} from '../shared/domain/run.ts';
import type {Ports} from '../shared/ports.ts';
import type {News} from './news.ts';
import {watchRun} from './watch-run.ts';

/** Waits for what `watchRun` ends with, and hands over each line of its news. */
export async function followRun(
  runId: string,
  ports: Ports,
  hear: (news: News) => void = () => {},
): Promise<Run> {
  const news = watchRun(runId, ports);
  for (;;) {
    const {value, done} = await news.next();
    if (done) return value;
    hear(value);
  }
}
