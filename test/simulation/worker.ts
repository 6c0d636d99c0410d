import {registerHooks} from 'node:module';
import {parentPort} from 'node:worker_threads';
import type {Task} from './task.ts';

const SPLITTER = new URL('../../shared/domain/split/splitter.ts', import.meta.url).href;
const SPLIT_ONCE = new URL('./split-once.ts', import.meta.url).href;

// Before anything imports the splitter.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const isToReplace = resolved.url === SPLITTER && context.parentURL !== SPLIT_ONCE;
    return isToReplace ? {...resolved, url: SPLIT_ONCE} : resolved;
  },
});

// Thousands of errors are thrown on purpose, and nobody reads where.
Error.stackTraceLimit = 0;

const {perform} = await import('./task.ts');

parentPort?.on('message', async (task: Task) => {
  parentPort?.postMessage(await perform(task));
});
