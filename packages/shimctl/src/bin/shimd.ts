import 'reflect-metadata';
import { parseShimdOptions } from '../shimd/options.js';
import { shimd } from '../shimd/shimd.js';

void shimd(parseShimdOptions(process.argv.slice(2)));
