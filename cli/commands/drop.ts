import {Command} from 'commander';
import type {Run} from '../../shared/domain/run.ts';
import {dropFile} from '../drop-file.ts';
import {EXIT, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';
import {readPipelineFolder} from '../push-pipeline.ts';
import {showLive} from '../show-live.ts';
import {watchRun} from '../watch-run.ts';

interface Flags extends GlobalFlags {
  readonly pipeline?: string;
  readonly watch?: true;
}

export const drop = new Command('drop')
  .description('upload a data file, which starts a run')
  .argument('<file>', 'CSV or JSON Lines, plain or gzip')
  .option('--pipeline <name>', 'pipeline it belongs to; the one of ./pipeline.yaml when absent')
  .option('--watch', 'follow the run, stage by stage and trial by trial, until it ends')
  .action(async (file: string, _: unknown, command: Command) => {
    const {pipeline, watch, json} = command.optsWithGlobals<Flags>();
    const ports = portsFromEnvironment();
    const name = pipeline ?? (await readPipelineFolder('.')).pipeline.name;
    const {runId, object} = await dropFile(file, name, ports);
    const uri = `gs://${object.bucket}/${object.name}`;
    if (!watch) {
      tell({run: runId, object: uri, generation: object.generation}, json, () =>
        [`Dropped ${uri}; run ${runId}.`, `Follow it: npx millrace show ${runId}`].join('\n'),
      );
      return;
    }
    const news = watchRun(runId, ports);
    const run = json ? await writeLines(news) : await showLive(news);
    process.exitCode = run.state === 'failed' ? EXIT.failed : EXIT.done;
  });

/** One JSON document per line of news, then the run. */
async function writeLines(news: ReturnType<typeof watchRun>): Promise<Run> {
  for (;;) {
    const {value, done} = await news.next();
    console.log(JSON.stringify(value));
    if (done) return value;
  }
}
