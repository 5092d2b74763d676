import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, type NativeLane, type NativeMover } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_TRUNC;
const ALL = Number.MAX_SAFE_INTEGER;
const HEAD = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (stdout|stderr) /g;

/** The records that the other way, peek and `writeRecords`, would make of `input`, as text, and what it would leave. */
function reference(input: Buffer, limit: number, framed: boolean): { text: string; rest: number; records: number } {
  const ends = new Uint32Array(input.length + 1);
  let count = native.splitRecords(input, ends, limit, false);
  // Of what is as long as a record at the end of a peek it is not known whether a newline follows.
  if (count > 0 && ends[count - 1] === input.length && input.at(-1) !== 10) count -= 1;
  const records = Array.from({ length: count }, (_, i) => input.subarray(i === 0 ? 0 : ends[i - 1], ends[i]));
  const texts = records.map((record) => {
    const whole = record.at(-1) === 10;
    const text = record.toString('latin1');
    return framed ? `${whole ? 'F' : 'P'} ${text}${whole ? '' : '\n'}` : text;
  });
  return { text: texts.join(''), records: count, rest: input.length - (count === 0 ? 0 : ends[count - 1]!) };
}

describe('Lane.move', () => {
  const temp = useTempDirectory();
  const movers: NativeMover[] = [];
  let lane: NativeLane;
  let pipe: [number, number];
  beforeEach(() => {
    lane = new native.Lane();
    pipe = native.pipe(true);
    native.setPipeSize(pipe[1], 1 << 20);
  });
  afterEach(() => {
    lane.stop();
    for (const mover of movers.splice(0)) mover.close();
    for (const fd of pipe) closeSync(fd);
  });

  function makeMover(limit = 16_384): NativeMover {
    const mover = new native.Mover(pipe[0], 'stderr', limit);
    movers.push(mover);
    return mover;
  }

  const contents = (path = 'log'): string => readFileSync(temp.path(path), 'latin1').replace(HEAD, '');

  it('writes what the way over the loop writes, byte for byte, and leaves what that leaves', async () => {
    const input = fc
      .array(fc.constantFrom(10, 10, 65, 66, 0, 13, 255), { maxLength: 300 })
      .map((list) => Buffer.from(list));
    const limit = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(input, limit, fc.boolean(), async (bytes, max, framed) => {
        const fd = await lane.open(temp.path('log'), APPEND, 0o600);
        if (bytes.length > 0) writeSync(pipe[1], bytes);
        const moved = await lane.move(fd, makeMover(max), { framed, room: ALL, most: ALL });
        await lane.close(fd);
        const { text, rest, records } = reference(bytes, max, framed);
        expect(contents()).toBe(text);
        expect(native.pipeBytes(pipe[0])).toBe(rest);
        expect(moved).toMatchObject({ bytes: bytes.length - rest, records, torn: 0, failed: false });
        expect(moved.written).toBe(readFileSync(temp.path('log')).length);
        if (rest > 0) readSync(pipe[0], Buffer.alloc(rest));
      }),
      { numRuns: 150 },
    );
  });

  it.each([true, false])('cuts rounds so that no line is torn (framed: %s)', async (framed) => {
    const lines = Array.from({ length: 9000 }, (_, i) => `${i} ${'x'.repeat(i % 190)}\n`).join('');
    const input = Buffer.from(`${lines}${'y'.repeat(50_000)}\n${'z'.repeat(20_000)}`);
    expect(writeSync(pipe[1], input)).toBe(input.length);
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    await lane.move(fd, makeMover(), { framed, room: ALL, most: ALL });
    const { text, rest } = reference(input, 16_384, framed);
    expect(contents()).toBe(text);
    expect(native.pipeBytes(pipe[0])).toBe(rest);
    await lane.close(fd);
  });

  it.each([
    ['blank lines', 16_384, '\n'.repeat(900_000)],
    ['lines of one byte', 16_384, 'a\nb\nc\nd\n'.repeat(110_000)],
    ['short and long ones', 131_072, `${'\n'.repeat(1_000)}${'l'.repeat(100_000)}\n`.repeat(9)],
    ['long ones', 16_384, `${'l'.repeat(16_383)}\n`.repeat(60)],
    ['pieces of one line', 16_384, 'e'.repeat(1_000_000)],
    ['tiny pieces', 1, 'e'.repeat(900_000)],
  ])('formats full rounds in place, however much they grow: %s', async (_name, limit, text) => {
    // Of many kinds, so that bytes of another place are seen.
    const input = Buffer.from(text, 'latin1');
    for (let i = 0; i < input.length; i++) if (input[i] !== 10) input[i] = 32 + (i % 223);
    expect(writeSync(pipe[1], input)).toBe(input.length);
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    await lane.move(fd, makeMover(limit), { framed: true, room: ALL, most: ALL });
    const { text: expected, rest } = reference(input, limit, true);
    expect(contents() === expected).toBe(true);
    expect(native.pipeBytes(pipe[0])).toBe(rest);
    await lane.close(fd);
  });

  it('writes the time at which it looked', async () => {
    writeSync(pipe[1], 'a\n');
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    const before = native.realtime();
    await lane.move(fd, makeMover(), { framed: true, room: ALL, most: ALL });
    const [time = '', fraction = ''] = readFileSync(temp.path('log'), 'latin1').split('.');
    const seen = BigInt(Date.parse(`${time}Z`)) * 1_000_000n + BigInt(fraction.slice(0, 9));
    expect([seen >= before, seen <= native.realtime()]).toEqual([true, true]);
    await lane.close(fd);
  });

  it.each([true, false])(
    'lets the file grow by whole records and no more than there is room for (framed: %s)',
    async (framed) => {
      writeSync(pipe[1], 'aaaa\nbbbb\ncccc\n');
      const fd = await lane.open(temp.path('log'), APPEND, 0o600);
      const room = framed ? 2 * 45 + 44 : 14;
      const moved = await lane.move(fd, makeMover(), { framed, room, most: ALL });
      // What does not fit as a whole is left, in the plain form, so that what is written ends where the caller can count.
      expect(moved.records).toBe(framed ? 2 : 0);
      expect(native.pipeBytes(pipe[0])).toBe(15 - moved.bytes);
      expect(readFileSync(temp.path('log')).length).toBe(moved.written);
      await lane.close(fd);
    },
  );

  it('goes on while more comes, and is over when nothing does', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    writeSync(pipe[1], 'first\nbeginning');
    const mover = makeMover();
    const moving = lane.move(fd, mover, { framed: false, room: ALL, most: ALL });
    writeSync(pipe[1], ' end\n');
    await moving;
    await lane.move(fd, mover, { framed: false, room: ALL, most: ALL });
    expect(contents()).toBe('first\nbeginning end\n');
    await lane.close(fd);
  });

  it('looks at nothing once it was stopped', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    writeSync(pipe[1], 'a\n');
    const mover = makeMover();
    const before = lane.write(fd, Buffer.alloc(8 << 20));
    const moving = lane.move(fd, mover, { framed: false, room: ALL, most: ALL });
    mover.stop(false);
    await before;
    expect(await moving).toMatchObject({ bytes: 0, written: 0 });
    expect(native.pipeBytes(pipe[0])).toBe(2);
    // Nor does a job that is handed over later, until it is allowed again.
    expect(await lane.move(fd, mover, { framed: false, room: ALL, most: ALL })).toMatchObject({ bytes: 0 });
    mover.allow();
    expect(await lane.move(fd, mover, { framed: false, room: ALL, most: ALL })).toMatchObject({ bytes: 2 });
    await lane.close(fd);
  });

  it('consumes nothing once it was abandoned, though it may write it', async () => {
    // A pipe that nobody reads stands for a disk that hangs: it has room for half of what is to be written.
    const disk = native.pipe(false);
    writeSync(disk[1], Buffer.alloc(15 << 12));
    const lines = `${'x'.repeat(4095)}\n`.repeat(2);
    writeSync(pipe[1], lines);
    const mover = makeMover();
    const moving = lane.move(disk[1], mover, { framed: false, room: ALL, most: ALL });
    while (native.pipeBytes(disk[0]) < 16 << 12) await turn();
    mover.stop(true);
    readSync(disk[0], Buffer.alloc(16 << 12));
    expect(await moving).toMatchObject({ bytes: 0, records: 0, written: lines.length });
    expect(native.pipeBytes(pipe[0])).toBe(lines.length);
    for (const fd of disk) closeSync(fd);
  });

  it('leaves in the pipe what could not be written, and tells of it', async () => {
    writeSync(pipe[1], 'a\n');
    const full = openSync('/dev/full', 'w');
    const moved = await lane.move(full, makeMover(), { framed: true, room: ALL, most: ALL });
    expect(moved).toEqual({ bytes: 0, records: 0, written: 0, torn: 0, failed: true });
    expect(native.pipeBytes(pipe[0])).toBe(2);
    closeSync(full);
  });

  it('has a descriptor of its own: the one it was made from may be closed', async () => {
    const own = native.pipe(true);
    const mover = new native.Mover(own[0], 'stdout', 1024);
    closeSync(own[0]);
    writeSync(own[1], 'a\n');
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    const moving = lane.move(fd, mover, { framed: false, room: ALL, most: ALL });
    // Closed while it is at work: its descriptor goes with the job.
    mover.close();
    await moving;
    expect(() => mover.stop(false)).toThrow(/EINVAL/);
    expect(() => writeSync(own[1], 'b\n')).toThrow(/EPIPE/);
    closeSync(own[1]);
    await lane.close(fd);
  });

  it('is one job at a time, and of a mover', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    const mover = makeMover();
    const moving = lane.move(fd, mover, { framed: false, room: ALL, most: ALL });
    expect(() => lane.move(fd, mover, { framed: false, room: ALL, most: ALL })).toThrow(/EBUSY/);
    expect(() => mover.allow()).toThrow(/EBUSY/);
    await moving;
    expect(() => lane.move(fd, lane as never, { framed: false, room: ALL, most: ALL })).toThrow(/EINVAL/);
    expect(() => new native.Mover(pipe[0], 'stdout', 1 << 20)).toThrow(/EINVAL/);
    expect(() => new native.Mover(9999, 'stdout', 1024)).toThrow(/EBADF/);
    await lane.close(fd);
  });
});
