import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {watchBoundaries} from './boundaries.ts';
import {runFaster} from './fast-clock.ts';
import {obey} from './orders.ts';

// Loaded before anything else by the processes of the rig: the local cloud and the functions, which know nothing of it.
const {CHAOS_FOLDER = '', CHAOS_SINCE_MS, CHAOS_FACTOR, K_SERVICE = 'cloud'} = process.env;
runFaster({sinceMs: Number(CHAOS_SINCE_MS), factor: Number(CHAOS_FACTOR)});
writeFileSync(join(CHAOS_FOLDER, 'pids', K_SERVICE), String(process.pid));
watchBoundaries(obey(CHAOS_FOLDER, K_SERVICE));
