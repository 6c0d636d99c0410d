import {Listr, type ListrTask} from 'listr2';
import type {Run} from '../shared/domain/run.ts';
import {type News, STAGES} from './news.ts';
import type {watchRun} from './watch-run.ts';

type Task = Parameters<ListrTask['task']>[1];

/** Shows a run as a live list of its stages; returns the ended run. */
export async function showLive(news: ReturnType<typeof watchRun>): Promise<Run> {
  const feed = new Feed(news);
  const tasks: ListrTask[] = STAGES.map((stage) => ({
    title: stage,
    task: async (_: unknown, task: Task) => {
      for (let item = await feed.next(stage); item !== undefined; item = await feed.next(stage))
        show(item, task);
    },
    rendererOptions: {outputBar: Number.POSITIVE_INFINITY, persistentOutput: true},
  }));
  try {
    await new Listr(tasks, {fallbackRenderer: 'simple'}).run();
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error;
  }
  return feed.end();
}

/** Ends the list at the stage that failed; those after it never ran. */
class RunFailed extends Error {}

function show({stage, text, kind}: News, task: Task): void {
  if (kind === 'failed') throw new RunFailed(text);
  if (kind === 'done') task.title = `${stage}: ${text}`;
  else task.output = text;
}

/** Hands the news of a run to one stage after the other: a later stage's first line ends an earlier one. */
class Feed {
  readonly #news: ReturnType<typeof watchRun>;
  #held: News | undefined;
  #run: Run | undefined;

  constructor(news: ReturnType<typeof watchRun>) {
    this.#news = news;
  }

  /** The next line of this stage; undefined when the stage is over. */
  async next(stage: News['stage']): Promise<News | undefined> {
    this.#held ??= await this.#read();
    if (this.#held === undefined || STAGES.indexOf(this.#held.stage) > STAGES.indexOf(stage))
      return undefined;
    const item = this.#held;
    this.#held = undefined;
    return item;
  }

  async end(): Promise<Run> {
    while (this.#run === undefined) await this.#read();
    return this.#run;
  }

  async #read(): Promise<News | undefined> {
    if (this.#run !== undefined) return undefined;
    const {value, done} = await this.#news.next();
    if (!done) return value;
    this.#run = value;
    return undefined;
  }
}
