import {openLocalProject} from '../../cli/local-project.ts';

// The local cloud in a process of its own, so that it can be killed; its state is on disk.
/** A function that is stopped at this moment would never end. */
const CLOSING_MS = 60_000;
const {CHAOS_STATE = '', CHAOS_PORT, CHAOS_FUNCTIONS = '{}'} = process.env;
const project = await openLocalProject({
  folder: CHAOS_STATE,
  port: Number(CHAOS_PORT),
  functionEnv: JSON.parse(CHAOS_FUNCTIONS),
});
process.once('disconnect', () => {
  void project.close();
  setTimeout(() => process.exit(1), CLOSING_MS).unref();
});
process.send?.(project.env);
