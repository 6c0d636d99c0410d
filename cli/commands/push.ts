import {Command} from 'commander';
import {type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';
import {pushPipeline} from '../push-pipeline.ts';

export const push = new Command('push')
  .description('upload a pipeline: its definition and its trainer, pinned by digest')
  .argument('[folder]', 'folder with pipeline.yaml', '.')
  .action(async (folder: string, _: unknown, command: Command) => {
    const {pipeline, trainer, isNewTrainer} = await pushPipeline(folder, portsFromEnvironment());
    const {json} = command.optsWithGlobals<GlobalFlags>();
    tell({pipeline: pipeline.name, trainer, isNewTrainer}, json, () =>
      [
        `Pushed pipeline ${pipeline.name}; ${isNewTrainer ? 'new' : 'unchanged'} trainer ${trainer}.`,
        `Start a run: npx millrace drop FILE --pipeline ${pipeline.name} --watch`,
      ].join('\n'),
    );
  });
