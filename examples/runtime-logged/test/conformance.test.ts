import { describeRuntime } from '@holdfast/testkit';
import plugin from '../runtime-logged.mjs';

describeRuntime({
  name: 'the example "logged" on a real runc',
  definition: plugin,
  version: /^runc version 1\./,
  skip: [
    {
      reason: 'the example tells an unknown container from other failures, and nothing else',
      tests: [
        /^refuses what a (stopped|running) container cannot do/,
        /^refuses to (create|exec) /,
        'refuses an id twice and leaves the first container alone',
      ],
    },
  ],
});
