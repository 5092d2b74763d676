import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetachFilter } from '../../../src/cli/terminal/detach-filter.js';
import { parseDetachKeys } from '../../../src/cli/terminal/detach-keys.js';

describe('detach keys', () => {
  it('are single characters and control characters', () => {
    expect([...parseDetachKeys('ctrl-p,ctrl-q')]).toEqual([16, 17]);
    expect([...parseDetachKeys('ctrl-],d,ctrl-@,ctrl-\\')]).toEqual([29, 100, 0, 28]);
    expect([...parseDetachKeys('')]).toEqual([]);
  });

  it.each(['ctrl-', 'ctrl-1', 'ab', 'a,,b', 'strg-a', 'é'])('%s is none', (text) => {
    expect(() => parseDetachKeys(text)).toThrow(expect.objectContaining({ code: 'SHIM_USAGE' }));
  });
});

/** What comes through, and whether the sequence was seen. */
async function filter(keys: string, chunks: readonly string[]): Promise<{ passed: string; detached: number }> {
  let detached = 0;
  const stream = new DetachFilter(Buffer.from(keys, 'latin1'), () => (detached += 1));
  const passed: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => passed.push(chunk));
  for (const chunk of chunks) stream.write(Buffer.from(chunk, 'latin1'));
  stream.end();
  await once(stream, 'end');
  return { passed: Buffer.concat(passed).toString('latin1'), detached };
}

describe('the detach filter', () => {
  it('passes on what is not the sequence, and nothing after it', async () => {
    expect(await filter('pq', ['hello pp', 'p', 'x p', 'q rest', 'more'])).toEqual({
      passed: 'hello pppx ',
      detached: 1,
    });
    expect(await filter('pq', ['ends in p'])).toEqual({ passed: 'ends in p', detached: 0 });
    expect(await filter('', ['pq'])).toEqual({ passed: 'pq', detached: 0 });
  });

  it('finds the sequence wherever a search finds it, however the input is cut', async () => {
    const letters = (max: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: max });
    await fc.assert(
      fc.asyncProperty(fc.array(letters(6), { maxLength: 8 }), letters(4), async (chunks, keys) => {
        const whole = chunks.join('');
        const at = keys === '' ? -1 : whole.indexOf(keys);
        expect(await filter(keys, chunks)).toEqual(
          at === -1 ? { passed: whole, detached: 0 } : { passed: whole.slice(0, at), detached: 1 },
        );
      }),
    );
  });
});
