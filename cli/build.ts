import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {buildFunctions, bundleFolder} from './build-functions.ts';

await buildFunctions();
const {size} = await stat(join(bundleFolder, 'index.js'));
console.log(`dist/functions/index.js: ${(size / 1e6).toFixed(1)} MB, all functions`);
