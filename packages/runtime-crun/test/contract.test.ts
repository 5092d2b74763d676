import crunPlugin from '@holdfast/runtime-crun';
import { crunPath } from '../../runtime-oci/test/support/crun-path.js';
import { describeRuntimeContract } from '../../runtime-oci/test/support/runtime-contract.js';

describeRuntimeContract('the crun plugin on a real crun', {
  plugin: crunPlugin,
  version: /^crun version 1\./,
  path: crunPath,
});
