import ociPlugin from '@holdfast/runtime-oci';
import { describeRuntime } from '@holdfast/testkit';

describeRuntime({
  name: 'the oci plugin on a real runc',
  definition: ociPlugin,
  options: { path: 'runc' },
  version: /^runc version 1\./,
});
