import crunPlugin from '@holdfast/runtime-crun';
import { describeRuntime } from '@holdfast/testkit';
import { crunPath } from '../../runtime-oci/test/support/crun-path.js';

describeRuntime({
  name: 'the crun plugin on a real crun',
  definition: crunPlugin,
  options: async (directory) => ({ path: await crunPath(directory) }),
  version: /^crun version 1\./,
});
