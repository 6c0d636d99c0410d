#!/usr/bin/env node
// What Google's buildpack starts a function by.
require('../index.cjs');
