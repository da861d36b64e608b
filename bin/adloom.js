#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const path = require('node:path');

const entry = path.join(__dirname, '..', 'dist', 'main', 'cli.js');
if (!existsSync(entry)) {
  process.stderr.write('Adloom is not built yet. Run: npm run build\n');
  process.exit(1);
}
require(entry).main(process.argv);
