import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { StateLayout } from '@holdfast/core/client';
import { scratchDirectory } from '../../support/scratch-directory.js';
import { until } from '../../support/until.js';

const run = promisify(execFile);
const SHIM = fileURLToPath(new URL('../../../node_modules/.bin/containerd-shim-holdfast-v1', import.meta.url));
/** As containerd 2.3 has them: instance_id 1 "c1", namespace 2 "ns". */
const PARAMS = Buffer.from('0a02633112026e73', 'hex');

/** What `start` of the task c1 prints by the launcher, on stdout and stderr together as containerd reads them. */
async function start(root: string, input: Uint8Array): Promise<Buffer> {
  const args = ['-namespace', 'ns', '-address', join(root, 'c.sock'), '-id', 'c1', 'start'];
  const env = { ...process.env, HOLDFAST_ROOT: join(root, 'h') };
  const options = { cwd: root, env, encoding: 'buffer' } as const;
  const running = run('sh', ['-c', 'exec 2>&1; exec "$@"', 'sh', SHIM, ...args], options);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

describe('the bootstrap of containerd 2.3', () => {
  it('is answered in its form, by the first shim and by one that serves; who comes without gets the bare address', async () => {
    const root = scratchDirectory();
    const first = await start(root, PARAMS);
    const address = readFileSync(join(root, 'address'), 'utf8');
    const length = (text: string): Buffer => Buffer.from([text.length]);
    const parts = ['0802', '12', length(address), Buffer.from(address), '1a', length('ttrpc'), Buffer.from('ttrpc')];
    const expected = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
    expect(first.toString('hex')).toBe(expected.toString('hex'));
    expect(await start(root, PARAMS)).toEqual(expected);
    expect((await start(root, Buffer.alloc(0))).toString()).toBe(address);
    const gone = (): boolean => !existsSync(new StateLayout(join(root, 'h')).launchSocket('containerd'));
    await until('the shim has left', gone, 20_000);
  });
});
