import { join } from 'node:path';
import { describeLogDriver } from '@holdfast/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ForwardReceiver } from '../../../test/support/forward-receiver.js';
import fluentd from '../src/index.js';

let receiver: ForwardReceiver;
beforeAll(async () => {
  receiver = await ForwardReceiver.start();
});
afterAll(() => receiver.stop());

describeLogDriver({
  name: 'the fluentd driver',
  definition: fluentd,
  // Asked for before there is a receiver, too.
  options: () => ((receiver as ForwardReceiver | undefined) === undefined ? {} : { address: receiver.address }),
  unusable: ({ directory }) => ({ address: `unix://${join(directory, 'nobody.sock')}` }),
});

it('the receiver has nothing to complain of, and nobody is connected any more', async () => {
  await receiver.until(() => receiver.open === 0);
  expect(receiver.problems).toEqual([]);
  expect(receiver.torn).toBe(0);
});
