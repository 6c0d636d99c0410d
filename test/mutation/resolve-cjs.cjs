/** The runner asks for parts of mocha without an ending, and mocha 12.0.3 has them under `.cjs`. */
require.extensions['.cjs'] = require.extensions['.js'];
