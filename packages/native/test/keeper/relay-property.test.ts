import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { descriptorsOf } from '../support/children-of.js';
import { RelayModel, type Call, type Step } from '../support/relay-model.js';
import { relaying } from '../support/relays.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

/** Mostly small; some do not fit into a socket. */
const payload = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, fc.nat(400_000)))
  .map(([byte, length]) => Buffer.alloc(length, byte));
const call: fc.Arbitrary<Call> = fc.record({ asked: payload, answered: payload });
const bytes = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 300_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('send' as const, 'answer' as const), bytes }),
  fc.record({ kind: fc.constantFrom('take' as const) }),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replace' as const), alive: fc.boolean() }) },
);

describe.each(VARIANTS)('whatever is sent, cut and killed (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('each request is asked until it is answered, each answer comes once, and no frame is torn', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const before = Object.keys(descriptorsOf(pid)).length;
    const property = fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 6 }),
      fc.array(step, { maxLength: 60 }),
      async (calls, steps) => {
        const model = new RelayModel(client, await dial(), calls);
        await model.begin();
        for (const each of steps) await model.run(each);
        await model.finish();
      },
    );
    await fc.assert(property, { numRuns: 150 });
    await until(() => Object.keys(descriptorsOf(pid)).length === before);
    expect(client.unread).toEqual([]);
  });
});
