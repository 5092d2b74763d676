import 'reflect-metadata';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseShimdOptions } from '../shimd/options.js';
import { shimd } from '../shimd/shimd.js';

const LOG_HOST = join(fileURLToPath(import.meta.url), '..', 'log-host.cjs');

void shimd(parseShimdOptions(process.argv.slice(2)), LOG_HOST);
