import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { binaries } from '../support/binaries.js';
import { useTempDirectory } from '../support/temp-directory.js';

const run = promisify(execFile);
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const runtimeOf = (name: string): string =>
  execFileSync('cc', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();

describe('the addon under the address and undefined-behaviour sanitizers', () => {
  const temp = useTempDirectory();

  /** Runs Node, which is not itself sanitized: the runtime is preloaded, and Node's own leaks are no concern. */
  async function sanitized(script: string, args: readonly string[]): Promise<string> {
    const env = {
      ...process.env,
      LD_PRELOAD: runtimeOf('libasan.so'),
      ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0:exitcode=99',
      UBSAN_OPTIONS: 'halt_on_error=1:exitcode=98',
    };
    const argv = ['--expose-gc', fixture(script), binaries('asan').addon, ...args];
    const { stdout, stderr } = await run(process.execPath, argv, { env });
    expect(stderr).not.toMatch(/Sanitizer|runtime error/);
    return stdout.trim();
  }

  it('reports nothing while every function is called, rightly and wrongly', async () => {
    expect(await sanitized('exercise-addon.cjs', [temp.path('.')])).toBe('done after many errors');
  });

  it.each(['idle', 'watching', 'collected', 'throwing', 'worker'])(
    'reports nothing at the exit of a poller: %s',
    async (mode) => {
      expect(await sanitized('poller-exit.cjs', [mode])).toMatch(/exit$/);
    },
  );

  it.each(['idle', 'working', 'stuck', 'collected', 'stuck-worker', 'sending', 'sending-worker'])(
    'reports nothing at the exit of a lane: %s',
    async (mode) => {
      expect(await sanitized('lane-exit.cjs', [mode, temp.path('file')])).toMatch(/exit$/);
    },
  );
});
