import { describe, expect, it } from 'vitest';
import { Removals } from '../../src/lifecycle/removals.js';

describe('removals', () => {
  it('happen once however many ask, and others can wait for their end, good or bad', async () => {
    const removals = new Removals<object>();
    const [one, other] = [{}, {}];
    let fail: (error: Error) => void = () => undefined;
    let begun = 0;
    const remove = (): Promise<void> => {
      begun += 1;
      return new Promise((_, reject) => (fail = reject));
    };
    const asked = [removals.once(one, remove), removals.once(one, remove)];
    let over = false;
    const waiting = removals.settled(one).then(() => (over = true));
    await removals.settled(other);
    await removals.settled(undefined);
    expect([begun, over]).toEqual([1, false]);
    fail(new Error('no'));
    await Promise.all(asked.map((each) => expect(each).rejects.toThrow('no')));
    await waiting;
    await removals.once(one, () => Promise.resolve());
    expect(over).toBe(true);
  });
});
