import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { native } from '@holdfast/native';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { contents } from '../../support/conmon/conmon-container.js';
import { WAIT_FOR_GO } from '../../support/numbered-lines.js';
import { killShimd, shimdOf } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

const SHIMCTL = join(import.meta.dirname, '../../../packages/shimctl/dist/shimctl.cjs');
const run = promisify(execFile);

const ANOTHER = {
  upgrade: async (bench: ConmonBench): Promise<void> => {
    const before = shimdOf(await bench.keeper());
    await run(process.execPath, [SHIMCTL, '--root', bench.root, 'upgrade', '--force'], { env: bench.environment });
    expect(shimdOf(await bench.keeper())).not.toBe(before);
  },
  SIGKILL: async (bench: ConmonBench): Promise<void> => {
    await killShimd(await bench.keeper());
  },
};

describe.each(['upgrade', 'SIGKILL'] as const)('another shimd, by %s', (how) => {
  it('is noticed by no client: each line comes once, what is typed arrives, and new ones can come', async () => {
    const bench = new ConmonBench('runc');
    const script = `i=0; while [ ! -e /out/go ]; do echo $i; i=$((i+1)); sleep 0.01; done; echo end $i; cat; exit 3`;
    const container = bench.container(script);
    await container.create({ flags: ['-i'] });
    const client = container.attach();
    container.start();
    await client.sees('\n10\n');
    await ANOTHER[how](bench);
    const other = container.attach();
    await other.sees('\n');
    client.type('typed by one\n');
    other.type('typed by the other\n');
    container.go();
    await client.sees('typed by the other\n');
    client.endInput();
    const { stdout } = await client.all();
    const [, count = ''] = /end (\d+)\n/.exec(stdout) ?? [];
    const numbers = stdout.slice(0, stdout.indexOf('end')).trim().split('\n').map(Number);
    // A shimd that is killed may have sent what it had not come to log: the next one sends that again.
    const seen = how === 'SIGKILL' ? [...new Set(numbers)] : numbers;
    expect(seen).toEqual(Array.from({ length: Number(count) }, (_, i) => i));
    expect(stdout.slice(stdout.indexOf('end'))).toContain('typed by one\n');
    expect(await container.exitFile()).toBe('3');
    expect((await other.all()).stdout).toContain(`end ${count}\n`);
  });

  it('takes no input twice, and loses none, that a container does not read yet', async () => {
    const bench = new ConmonBench('runc');
    const container = bench.container(`${WAIT_FOR_GO}; sha256sum > /out/sum`);
    const pid = await container.create({ flags: ['-i'] });
    const client = container.attach();
    container.start();
    const pieces = Array.from({ length: 12 }, (_, i) => Buffer.alloc(30_000 + i, `piece ${i} of the input `));
    let sent = 0;
    const send = (): boolean => {
      while (sent < pieces.length && client.packets.trySend(pieces[sent]!)) sent += 1;
      return sent === pieces.length;
    };
    // More than the container's pipe and the socket take together: some of it waits in the middle of a message.
    send();
    expect(sent).toBeGreaterThan(2);
    await until('the pipe is full', () => unread(pid) > 62_000);
    await ANOTHER[how](bench);
    container.go();
    await until('all is sent', send);
    client.endInput();
    expect(await container.exitFile()).toBe('0');
    const sum = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
    expect(await contents(container.out('sum'))).toBe(`${sum}  -\n`);
  });

  it('does what was asked over a FIFO meanwhile', async () => {
    const bench = new ConmonBench('runc');
    const container = bench.container(`until stty size 2>/dev/null | grep '^33 77$' > /out/size; do sleep 0.02; done`, {
      terminal: true,
    });
    await container.create({ flags: ['-t'] });
    container.start();
    const replaced = ANOTHER[how](bench);
    container.control('1 33 77\n');
    await replaced;
    expect(await container.exitFile()).toBe('0');
    expect(await contents(container.out('size'))).toBe('33 77\n');
  });
});

/** How much input waits for a process to read it. */
function unread(pid: number): number {
  const fd = openSync(`/proc/${pid}/fd/0`, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return native.pipeBytes(fd);
  } finally {
    closeSync(fd);
  }
}
