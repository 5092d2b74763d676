import { describeLogDriver } from '@holdfast/testkit';
import plugin from '../log-counter.mjs';

describeLogDriver({
  name: 'the example "counter"',
  definition: plugin,
  // The path must be below a directory, and this is a device.
  unusable: () => ({ path: '/dev/null/counts.json' }),
});
