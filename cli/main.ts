#!/usr/bin/env node
import {Command} from 'commander';
import {cancel} from './commands/cancel.ts';
import {demo} from './commands/demo.ts';
import {deploy} from './commands/deploy.ts';
import {destroy} from './commands/destroy.ts';
import {dev} from './commands/dev.ts';
import {doctor} from './commands/doctor.ts';
import {drop} from './commands/drop.ts';
import {predict} from './commands/predict.ts';
import {promote} from './commands/promote.ts';
import {push} from './commands/push.ts';
import {replay} from './commands/replay.ts';
import {rerun} from './commands/rerun.ts';
import {rollback} from './commands/rollback.ts';
import {runs} from './commands/runs.ts';
import {show} from './commands/show.ts';
import {start} from './commands/start.ts';
import {verifySplit} from './commands/verify-split.ts';
import {versions} from './commands/versions.ts';
import {EXIT, type GlobalFlags, tellFailure} from './output.ts';

const program = new Command('millrace')
  .description('Drop a dataset; get a tuned, tested, versioned and served model.')
  .option('--json', 'write results and errors as JSON')
  .showHelpAfterError('See "npx millrace --help".')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

for (const command of [
  demo,
  dev,
  push,
  drop,
  runs,
  show,
  start,
  rerun,
  cancel,
  promote,
  rollback,
  versions,
  replay,
  verifySplit,
  predict,
  doctor,
  deploy,
  destroy,
]) {
  program.addCommand(command.copyInheritedSettings(program));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, program.opts<GlobalFlags>().json === true);
}
