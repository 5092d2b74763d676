import ociPlugin from '@holdfast/runtime-oci';
import { describeRuntimeContract } from './support/runtime-contract.js';

describeRuntimeContract('the oci plugin on a real runc', {
  plugin: ociPlugin,
  version: /^runc version 1\./,
  path: () => Promise.resolve('runc'),
});
