// Starts the function, with what V8 has compiled of it before.
const {enableCompileCache} = require('node:module');
const {join} = require('node:path');

enableCompileCache(join(__dirname, 'compile-cache'));
require(join(__dirname, 'function.cjs'));
