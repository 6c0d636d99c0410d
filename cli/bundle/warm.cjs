// Loads everything once and keeps what V8 has compiled, so that no instance does it again. At the end of a build, by the very Node that
// will run the function: another one could not read it.
const {readdirSync, writeFileSync} = require('node:fs');
const {join} = require('node:path');

Object.assign(process.env, {
  PORT: '0',
  GOOGLE_CLOUD_PROJECT: 'none',
  MILLRACE_DATA_BUCKET: 'none-data',
  MILLRACE_RUNS_BUCKET: 'none-runs',
  MILLRACE_ADMISSION_BUCKET: 'none-admission',
});
const {cacheFile, script} = require('./index.cjs');
writeFileSync(cacheFile, script.createCachedData());
for (const file of readdirSync(__dirname).filter((name) => name.endsWith('-clients.cjs'))) {
  for (const load of Object.values(require(join(__dirname, file)))) load();
}
setImmediate(() => process.exit());
