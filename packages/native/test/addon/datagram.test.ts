import {
  closeSync,
  fstatSync,
  readdirSync,
  readFileSync,
  readSync,
  readlinkSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, type GatheredDatagrams } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const buffer = Buffer.alloc(1 << 20);
const fdFlags = (fd: number): string => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');

/** Datagrams `<FIELDS:TEXT>`. */
function gathered(records: readonly (readonly [fields: string, text: string])[]): GatheredDatagrams {
  const fields = Buffer.from(records.map(([field]) => field).join(''), 'latin1');
  const bytes = Buffer.from(records.map(([, text]) => text).join(''), 'latin1');
  const fieldEnds = new Uint32Array(records.length);
  const spans = new Uint32Array(records.length * 2);
  records.forEach(([field, text], i) => {
    fieldEnds[i] = (fieldEnds[i - 1] ?? 0) + field.length;
    spans[2 * i] = spans[2 * i - 1] ?? 0;
    spans[2 * i + 1] = spans[2 * i]! + text.length;
  });
  return {
    head: Buffer.from('<'),
    fields,
    fieldEnds,
    bytes,
    spans,
    tail: Buffer.from('>'),
    from: 0,
    to: records.length,
  };
}

const numbered = (count: number): GatheredDatagrams =>
  gathered(Array.from({ length: count }, (_, i) => [`${i}:`, 'text'] as const));

describe('datagram sockets', () => {
  const temp = useTempDirectory();
  let receiver: number;
  let sender: number;

  beforeEach(() => {
    receiver = native.datagramBind(temp.path('socket'), 0o600);
    sender = native.datagramSocket();
    native.datagramConnect(sender, temp.path('socket'));
  });
  afterEach(() => {
    closeSync(sender);
    closeSync(receiver);
  });

  function receiveAll(): string[] {
    const texts: string[] = [];
    for (let got = native.receive(receiver, buffer); got !== undefined; got = native.receive(receiver, buffer)) {
      texts.push(buffer.toString('latin1', 0, got.length));
    }
    return texts;
  }

  it('are closed on exec and do not block', () => {
    // O_CLOEXEC, O_NONBLOCK and O_RDWR, in octal.
    for (const fd of [sender, receiver]) expect(fdFlags(fd)).toMatch(/^flags:\s*02004002$/m);
    expect(statSync(temp.path('socket')).mode & 0o777).toBe(0o600);
  });

  it('carry each record with its head, its fields, its bytes and the tail', () => {
    const records = gathered([
      ['a=', 'one'],
      ['', ''],
      ['b=', 'two\n\0\xff'],
    ]);
    expect(native.datagramSend(sender, records)).toBe(3);
    expect(receiveAll()).toEqual(['<a=one>', '<>', '<b=two\n\0\xff>']);
    expect(native.datagramSend(sender, { ...records, from: 2 })).toBe(1);
    expect(receiveAll()).toHaveLength(1);
    expect(native.datagramSend(sender, { ...records, from: 3 })).toBe(0);
  });

  it('send as many as the queue takes, then none, then the rest, in order', () => {
    const records = numbered(200);
    const received: string[] = [];
    let sent = native.datagramSend(sender, records);
    expect(sent).toBeGreaterThan(5);
    expect(native.datagramSend(sender, { ...records, from: sent })).toBe(0);
    while (sent < 200) {
      received.push(...receiveAll());
      sent += native.datagramSend(sender, { ...records, from: sent });
    }
    received.push(...receiveAll());
    expect(received).toEqual(Array.from({ length: 200 }, (_, i) => `<${i}:text>`));
  });

  it('send what is too large as a sealed file, between others', () => {
    const large = 'x'.repeat(10_000_000);
    expect(
      native.datagramSend(
        sender,
        gathered([
          ['a', '1'],
          ['b', large],
          ['c', '3'],
        ]),
      ),
    ).toBe(3);
    expect(native.receive(receiver, buffer)?.length).toBe(4);
    const { length, fds } = native.receive(receiver, buffer)!;
    expect({ length, count: fds.length }).toEqual({ length: 0, count: 1 });
    const [fd] = fds as [number];
    const contents = Buffer.alloc(fstatSync(fd).size);
    readSync(fd, contents, 0, contents.length, 0);
    expect(contents.equals(Buffer.from(`<b${large}>`))).toBe(true);
    expect(() => writeSync(fd, 'y', 0)).toThrow(expect.objectContaining({ code: 'EPERM' }));
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toContain('memfd:');
    expect(native.isSealed(fd)).toBe(true);
    closeSync(fd);
    expect(receiveAll()).toEqual(['<c3>']);
  });

  it('say that the receiver has gone, and are of use again once another is there', () => {
    const records = numbered(3);
    const other = native.datagramBind(temp.path('other'), 0o600);
    native.datagramConnect(sender, temp.path('other'));
    closeSync(other);
    const refused = (): number => native.datagramSend(sender, records);
    expect(refused).toThrow(expect.objectContaining({ code: 'ECONNREFUSED', syscall: 'sendmmsg' }));
    expect(refused).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
    const connect = (name: string) => () => native.datagramConnect(sender, temp.path(name));
    expect(connect('other')).toThrow(expect.objectContaining({ code: 'ECONNREFUSED', path: temp.path('other') }));
    unlinkSync(temp.path('other'));
    expect(connect('other')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(connect('x'.repeat(108))).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
    connect('socket')();
    expect(refused()).toBe(3);
    expect(receiveAll()).toHaveLength(3);
  });

  it.each([
    ['fields that end before they begin', { fieldEnds: Uint32Array.of(5, 2) }],
    ['fields beyond their buffer', { fieldEnds: Uint32Array.of(2, 1000) }],
    ['a span that ends before it begins', { spans: Uint32Array.of(0, 1, 3, 2) }],
    ['a span beyond its buffer', { spans: Uint32Array.of(0, 1, 2, 0xffffffff) }],
    ['fewer field ends than records', { fieldEnds: Uint32Array.of(2) }],
    ['fewer spans than records', { spans: Uint32Array.of(0, 1, 2) }],
    ['more records than there are', { to: 3 }],
    ['an end before the beginning', { from: 2, to: 1 }],
  ] as const)('refuse %s', (_what, wrong) => {
    const records = gathered([
      ['a=', 'one'],
      ['b=', 'two'],
    ]);
    // The first record may be whole, and may have gone.
    const send = (): number => {
      const all = { ...records, ...wrong };
      const sent = native.datagramSend(sender, all);
      return sent + native.datagramSend(sender, { ...all, from: all.from + sent });
    };
    expect(send).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('leak nothing when they fail', () => {
    const before = readdirSync('/proc/self/fd').length;
    expect(() => native.datagramBind(temp.path('socket'), 0o600)).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE' }),
    );
    expect(() => native.datagramBind(temp.path('no/dir'), 0o600)).toThrow(expect.objectContaining({ syscall: 'bind' }));
    const large = gathered([['', 'x'.repeat(1_000_000)]]);
    while (native.datagramSend(sender, large) > 0);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    for (let got = native.receive(receiver, buffer); got !== undefined; got = native.receive(receiver, buffer)) {
      got.fds.forEach((fd) => closeSync(fd));
    }
  });
});
