#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shimdCommand } from '@holdfast/core/client';
import { main } from '../cli/main.js';
import { shimdArguments } from '../shimd/options.js';
import { VERSION } from '../version.js';

/** shimd lies beside shimctl. A test build can name another. */
const SHIMD = process.env['HOLDFAST_TEST_SHIMD'] ?? join(fileURLToPath(import.meta.url), '..', 'shimd.cjs');

void main({
  version: VERSION,
  environment: process.env,
  builtIns: async () => (await import('../built-ins.js')).BUILT_INS,
  shimdCommand: (config, group) => shimdCommand(SHIMD, shimdArguments({ root: config.root, group, ...config.shim })),
});
