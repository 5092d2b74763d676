import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IdleContainer } from '../support/idle-container.js';
import { RUNTIMES } from '../support/runtimes.js';

const BYTES = 50_000_000;
const PRINT = `yes 'a line of an exec session' | head -c ${BYTES}`;
const EXPECTED = hashOf('a line of an exec session\n');

describe.each(RUNTIMES)('the streams of exec on real %s', (runtime) => {
  it('bring 50 MB whole through a slow reader', async () => {
    const container = await IdleContainer.start(runtime);
    const running = container.exec(['sh', '-c', PRINT], [], { buffer: false });
    const hash = createHash('sha256');
    let bytes = 0;
    let chunks = 0;
    for await (const chunk of running.stdout as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      bytes += chunk.length;
      // Now and then it does not read for a while, so that everything before it has to wait.
      if (++chunks % 100 === 0) await delay(5);
    }
    const { exitCode } = await running;
    expect({ exitCode, bytes, hash: hash.digest('hex') }).toEqual({ exitCode: 0, bytes: BYTES, hash: EXPECTED });
  });

  it('end for a client that is killed half way: container and later execs are fine', async () => {
    const container = await IdleContainer.start(runtime);
    const running = container.exec(['sh', '-c', 'yes'], [], { buffer: false });
    await once(running.stdout as NodeJS.ReadableStream, 'data');
    running.kill('SIGKILL');
    expect((await running).signal).toBe('SIGKILL');
    expect(await container.sh('echo fine; exit 3')).toMatchObject({ exitCode: 3, stdout: 'fine' });
    expect(await container.inspect()).toMatchObject({ status: 'running' });
  });
});

/** The hash of `line`, repeated to BYTES. */
function hashOf(line: string): string {
  const whole = Math.ceil(BYTES / line.length);
  return createHash('sha256').update(line.repeat(whole).slice(0, BYTES)).digest('hex');
}
