import runcPlugin from '@holdfast/runtime-runc';
import { describeRuntime } from '@holdfast/testkit';

describeRuntime({ name: 'the runc plugin on a real runc', definition: runcPlugin, version: /^runc version 1\./ });
