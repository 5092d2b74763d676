import { createHash, randomFillSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../support/runtimes.js';
import { Workbench } from '../support/workbench.js';

const MIB = 1 << 20;

describe.each(RUNTIMES)('stdin, on real %s', (runtime) => {
  it('reaches a container started with -i byte for byte, and its end too', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'sha256sum; exit 8');
    const input = randomFillSync(Buffer.alloc(5 * MIB));
    const { exitCode, stdout } = await bench.shimctl(['run', '-i', '-b', bundle, 'c1'], { stdin: 'pipe', input });
    expect({ exitCode, stdout }).toEqual({ exitCode: 8, stdout: `${sha256(input)}  -` });
  });

  it('comes back through cat byte for byte', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.bundle('b', ['cat']);
    const input = randomFillSync(Buffer.alloc(2 * MIB));
    const options = { stdin: 'pipe', input, encoding: 'buffer', maxBuffer: 8 * MIB } as const;
    const { exitCode, stdout } = await bench.shimctl(['run', '-i', '-b', bundle, 'c1'], options);
    expect(exitCode).toBe(0);
    expect(sha256(stdout as unknown as Uint8Array)).toBe(sha256(input));
  });

  it('is at its end in a container started with -i from nothing, or without -i from something', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'wc -c; exit 4');
    const nothing = await bench.shimctl(['run', '-i', '-b', bundle, 'c1'], { stdin: 'ignore' });
    expect(nothing).toMatchObject({ exitCode: 4, stdout: '0' });
    const unread = await bench.shimctl(['run', '-b', bundle, 'c2'], { stdin: 'pipe', input: 'something' });
    expect(unread).toMatchObject({ exitCode: 4, stdout: '0' });
    await bench.ok('run', '-d', '-b', bundle, 'c3');
    expect(await bench.ok('wait', 'c3')).toBe('4');
    expect(await bench.ok('logs', 'c3')).toBe('0');
  });

  it('does not hold up a container that ends without reading it', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'echo done; exit 6');
    const input = Buffer.alloc(5 * MIB);
    const { exitCode, stdout } = await bench.shimctl(['run', '-i', '-b', bundle, 'c1'], { stdin: 'pipe', input });
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: 'done' });
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
