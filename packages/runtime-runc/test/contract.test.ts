import runcPlugin from '@holdfast/runtime-runc';
import { describeRuntimeContract } from '../../runtime-oci/test/support/runtime-contract.js';

describeRuntimeContract('the runc plugin on a real runc', {
  plugin: runcPlugin,
  version: /^runc version 1\./,
  path: () => Promise.resolve('runc'),
});
