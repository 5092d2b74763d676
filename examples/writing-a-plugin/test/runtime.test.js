import { describeRuntime } from '@holdfast/testkit';
import plugin from '../runtime.js';

// On a machine with youki leave the options out.
describeRuntime({ name: 'the runtime "youki", on runc', definition: plugin, options: { path: 'runc' } });
