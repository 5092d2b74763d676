import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { LogEntry, StreamName } from '@holdfast/core/plugin';
import { RecordWriter } from '../../../src/cli/output/record-writer.js';
import { Capture } from '../support/capture.js';

function entry(stream: StreamName, text: string): LogEntry {
  return { type: 'entry', stream, time: 0n, bytes: Buffer.from(text), partial: false };
}

describe('RecordWriter', () => {
  it('gathers small records into few writes', async () => {
    const sizes: number[] = [];
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        sizes.push(chunk.length);
        done();
      },
    });
    const writer = new RecordWriter({ stdout, stderr: new Capture() });
    for (let i = 0; i < 10_000; i++) await writer.push(entry('stdout', 'x'.repeat(19)));
    await writer.flush();
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200_000);
    expect(sizes.length).toBeLessThan(10);
  });

  it('shows what it has without being asked when nothing more comes', async () => {
    const stdout = new Capture();
    await new RecordWriter({ stdout, stderr: new Capture() }).push(entry('stdout', 'a'));
    await expect.poll(() => stdout.text).toBe('a\n');
  });

  it('keeps the order between the streams', async () => {
    const order: string[] = [];
    const streamTo = (name: string): Writable =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          order.push(`${name}:${chunk.toString()}`);
          done();
        },
      });
    const writer = new RecordWriter({ stdout: streamTo('out'), stderr: streamTo('err') });
    await writer.push(entry('stdout', '1'));
    await writer.push(entry('stdout', '2'));
    await writer.push(entry('stderr', '3'));
    await writer.push(entry('stdout', '4'));
    await writer.flush();
    expect(order).toEqual(['out:1\n2\n', 'err:3\n', 'out:4\n']);
  });

  it('refuses to show times that the log does not keep, and shows those that it does', async () => {
    const stdout = new Capture();
    const timeless = { ...entry('stdout', 'a'), time: undefined };
    const refused = new RecordWriter({ stdout, stderr: new Capture() }, { timestamps: true });
    await expect(refused.push(timeless)).rejects.toMatchObject({ code: 'SHIM_UNSUPPORTED', where: '--timestamps' });
    const writer = new RecordWriter({ stdout, stderr: new Capture() }, { timestamps: true });
    await writer.push(entry('stdout', 'b'));
    await writer.push(timeless);
    await writer.flush();
    expect(stdout.text).toBe('1970-01-01T00:00:00.000000000Z b\na\n');
  });

  it('ends a line at a gap, since what follows may be of another one', async () => {
    const [stdout, stderr] = [new Capture(), new Capture()];
    const writer = new RecordWriter({ stdout, stderr }, { timestamps: true });
    await writer.push({ ...entry('stdout', 'a'), partial: true });
    await writer.push({ ...entry('stderr', 'b'), partial: true });
    await writer.push({ type: 'gap', records: 1, stream: 'stdout', reason: 'rate limit' });
    await writer.push(entry('stdout', 'c'));
    await writer.push(entry('stderr', 'd'));
    await writer.flush();
    const time = '1970-01-01T00:00:00.000000000Z';
    expect(stdout.text).toBe(`${time} a\n${time} c\n`);
    expect(stderr.text).toBe(`${time} bshimctl: 1 log record of stdout is missing here: rate limit\nd\n`);
  });

  it('ends the lines of both streams at a gap of which it is not known whose it is; with gaps left out it adds nothing', async () => {
    const items = [
      { ...entry('stdout', 'a'), partial: true },
      { ...entry('stderr', 'b'), partial: true },
      { type: 'gap', records: undefined, reason: 'lost' } as const,
      entry('stdout', 'c'),
      entry('stderr', 'd'),
    ];
    const shown = async (gaps: boolean): Promise<string[]> => {
      const [stdout, stderr] = [new Capture(), new Capture()];
      const writer = new RecordWriter({ stdout, stderr }, { gaps });
      for (const item of items) await writer.push(item);
      await writer.flush();
      return [stdout.text, stderr.text];
    };
    expect(await shown(true)).toEqual(['a\nc\n', 'b\nshimctl: log records are missing here: lost\nd\n']);
    expect(await shown(false)).toEqual(['ac\n', 'bd\n']);
  });

  it('waits for a slow stream', async () => {
    let release: () => void = () => undefined;
    const stdout = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => (release = done) });
    const writer = new RecordWriter({ stdout, stderr: new Capture() });
    let taken = false;
    const pushed = writer.push(entry('stdout', 'x'.repeat(70_000))).then(() => (taken = true));
    await expect.poll(() => stdout.writableNeedDrain).toBe(true);
    expect(taken).toBe(false);
    release();
    await pushed;
    expect(taken).toBe(true);
  });
});
