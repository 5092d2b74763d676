import 'reflect-metadata';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseShimdOptions } from '../shimd/options.js';
import { shimd } from '../shimd/shimd.js';

const beside = (name: string): string => join(fileURLToPath(import.meta.url), '..', name);

void shimd(parseShimdOptions(process.argv.slice(2)), {
  logHost: beside('log-host.cjs'),
  shimctl: beside('shimctl.cjs'),
});
