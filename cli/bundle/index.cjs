// Starts the function, with what V8 has compiled of it before.
const {readFileSync} = require('node:fs');
const {enableCompileCache, wrap} = require('node:module');
const {join} = require('node:path');
const {Script} = require('node:vm');

const cache = join(__dirname, 'compile-cache');
const cacheFile = join(cache, 'function.cache');
const filename = join(__dirname, 'function.cjs');

enableCompileCache(cache);
// Node's own cache holds nothing of what is compiled when it is first called, which is nearly everything in a bundle.
const script = new Script(wrap(readFileSync(filename, 'utf8')), {filename, cachedData: cached()});
script.runInThisContext()({}, require, {exports: {}}, filename, __dirname);

/** V8 looks itself whether it fits; without it everything is compiled again. */
function cached() {
  try {
    return readFileSync(cacheFile);
  } catch {
    return undefined;
  }
}

module.exports = {cacheFile, script};
