import { hostname } from 'node:os';
import type { LoggedContainer } from '@holdfast/core/plugin';
import { textBatch } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { headsOf } from '../../src/message/identity.js';
import { MessageEncoder } from '../../src/message/message-encoder.js';
import { Slice } from '../../src/message/slice.js';
import type { SyslogOptions } from '../../src/options/schema.js';
import { settingsOf } from '../../src/options/settings.js';
import { strictMessage, type StrictMessage } from '../support/strict-message.js';
import { optionsOf } from '../support/test-log.js';

const CONTAINER: LoggedContainer = {
  id: '0123456789abcdef',
  namespace: 'team',
  bundle: '/bundle',
  createdAt: '2025-01-02T03:04:05.000Z',
  annotations: { role: 'none', 'io.kubernetes.cri.image-name': 'img:1' },
  labels: { role: 'front "end" [1] \\\n\x7f\ud800é', 'a=b ]c': '2' },
};
const UDP = { address: 'udp://h', hostname: 'machine' };

function encoderOf(options: Partial<SyslogOptions> = {}, container = CONTAINER): MessageEncoder {
  const settings = settingsOf(optionsOf({ ...UDP, ...options }));
  return new MessageEncoder(headsOf(container, settings), settings);
}

function encoded(encoder: MessageEncoder, texts: readonly string[], head?: Parameters<typeof textBatch>[1]): Buffer[] {
  const batch = textBatch(texts, head);
  const slice = new Slice();
  const messages: Buffer[] = [];
  for (let from = 0; from < batch.count;) {
    from = encoder.encode(batch, [from, batch.count], slice);
    for (let i = 0; i < slice.count; i++)
      messages.push(Buffer.from(slice.bytes.subarray(slice.spans[2 * i], slice.spans[2 * i + 1])));
  }
  return messages;
}

function strict(encoder: MessageEncoder, texts: readonly string[]): StrictMessage[] {
  return encoded(encoder, texts).map(strictMessage);
}

function element({ data }: StrictMessage, name: string): object | undefined {
  const found = data.get(`${name}@32473`);
  return found && Object.fromEntries(found);
}

describe('a message', () => {
  it('of RFC 5424 has time, host, tag, stream, container, number and text', () => {
    const [first, second] = encoded(encoderOf({ tag: '{{.ImageName}}/{{.ID}}' }), ['one\n', '\n']).map(String);
    const data = '[container@32473 id="0123456789abcdef" namespace="team" name="0123456789abcdef" image="img:1"]';
    expect(first).toBe(
      `<30>1 2025-01-02T03:04:05.000000Z machine img:1/0123456789ab - stdout ${data}[meta sequenceId="1"] one`,
    );
    expect(second).toContain('[meta sequenceId="2"] ');
  });

  it('has the time with microseconds, or in seconds', () => {
    const time = 1_735_787_045_012_345_678n;
    expect(String(encoded(encoderOf(), ['x\n'], { time })[0])).toContain(' 2025-01-02T03:04:05.012345Z '.slice(1));
    expect(String(encoded(encoderOf({ format: 'rfc5424' }), ['x\n'], { time })[0])).toContain(
      '1 2025-01-02T03:04:05Z m',
    );
  });

  it('of stderr has severity err, and the facility chosen', () => {
    const [message] = encoded(encoderOf({ facility: 'local3' }), ['x\n'], { stream: 'stderr' });
    expect(strictMessage(message!)).toMatchObject({ priority: 19 * 8 + 3, msgId: 'stderr' });
  });

  it('of RFC 3164 has the local time and the tag', () => {
    const local = new Date(2025, 0, 2, 3, 4, 5).getTime();
    const head = { time: BigInt(local) * 1_000_000n };
    const old = encoderOf({ format: 'rfc3164', tag: 'a b:[c]' });
    expect(encoded(old, ['one\n', 'tw', 'o\n'], head).map(String)).toEqual([
      '<30>Jan  2 03:04:05 machine a_b__c_: one',
      '<30>Jan  2 03:04:05 machine a_b__c_: tw',
      '<30>Jan  2 03:04:05 machine a_b__c_: o',
    ]);
    const localOne = encoderOf({ format: 'rfc3164', address: 'unixgram:///dev/log' });
    const settings = settingsOf(optionsOf({ address: 'unixgram:///dev/log' }));
    const silent = new MessageEncoder(headsOf(CONTAINER, settings), settings);
    expect(String(encoded(silent, ['one\n'], head)[0])).toBe('<30>Jan  2 03:04:05 0123456789ab: one');
    expect(String(encoded(localOne, ['one\n'], head)[0])).toBe('<30>Jan  2 03:04:05 machine 0123456789ab: one');
  });

  it('has the name of this machine if none is chosen', () => {
    const settings = settingsOf(optionsOf({ address: 'udp://h' }));
    const encoder = new MessageEncoder(headsOf(CONTAINER, settings), settings);
    expect(strict(encoder, ['x\n'])[0]?.hostname).toBe(hostname());
  });

  it('has labels before annotations, escaped, with names that are allowed', () => {
    const [message] = strict(encoderOf({ labels: ['role', 'a=b ]c', 'absent', 'io.kubernetes.cri.image-name'] }), [
      'x\n',
    ]);
    expect(element(message!, 'labels')).toEqual({
      role: 'front "end" [1] \\#012#177\ufffdé',
      a_b__c: '2',
      'io.kubernetes.cri.image-name': 'img:1',
    });
  });

  it('is well formed whatever container and tag are called', () => {
    const hostile = '"]\\\n\0 \ud800é<1>'.repeat(30);
    const container = { ...CONTAINER, id: hostile, namespace: hostile, labels: { [hostile]: hostile, b: 'x' } };
    const [message] = strict(encoderOf({ tag: `${hostile}{{.Name}}`, labels: [hostile, 'b'] }, container), ['x\n']);
    expect(message!.appName).toHaveLength(48);
    expect(message!.length).toBeLessThan(1024);
    expect(String(message!.text)).toBe('x');
  });

  it('leaves out labels that would take its place, and names them', () => {
    const settings = settingsOf(optionsOf({ ...UDP, labels: ['big', 'small'] }));
    const { refused } = headsOf({ ...CONTAINER, labels: { big: 'x'.repeat(5000), small: '1' } }, settings);
    expect(refused).toEqual(['big']);
  });

  it.each(['caf\xe9\n', '\0\xff\x01\x7f\n', '[a="b"] \\\n', '<3>1 - - - - - -\n', '\xef\xbb\xbfmarked\n'])(
    'has the bytes %j unchanged',
    (text) => {
      expect(strict(encoderOf(), [text])[0]?.text.toString('latin1')).toBe(text.slice(0, -1));
    },
  );

  it('has a byte order mark, if asked for, before what is UTF-8 alone', () => {
    const texts = strict(encoderOf({ bom: true }), ['caf\xc3\xa9\n', 'caf\xe9\n', 'x\n']).map(({ text }) => text);
    expect(texts.map((text) => text.toString('latin1'))).toEqual([
      '\xef\xbb\xbfcaf\xc3\xa9',
      'caf\xe9',
      '\xef\xbb\xbfx',
    ]);
  });
});

describe('a line in pieces', () => {
  it('says of each which line, which piece, and whether it is the last', () => {
    const messages = strict(
      encoderOf(),
      ['one\n', 'tw', '', 'o\n', 'three\n'].filter((text) => text !== ''),
    );
    const [one, first, second, three] = messages.map((message) => element(message, 'partial'));
    expect([one, three]).toEqual([undefined, undefined]);
    expect(first).toEqual({ id: expect.stringMatching(/^[0-9a-f]{8}\.1$/) as string, ordinal: '1', last: 'false' });
    expect(second).toEqual({ ...first, ordinal: '2', last: 'true' });
  });

  it('keeps the streams apart', () => {
    const encoder = encoderOf();
    encoded(encoder, ['a'], { stream: 'stdout' });
    const [other] = encoded(encoder, ['b\n'], { stream: 'stderr' }).map(strictMessage);
    const [rest] = encoded(encoder, ['c\n'], { stream: 'stdout', sequence: 1 }).map(strictMessage);
    expect(element(other!, 'partial')).toBeUndefined();
    expect(element(rest!, 'partial')).toMatchObject({ ordinal: '2', last: 'true' });
  });

  it('is another one when records between were lost', () => {
    const encoder = encoderOf();
    encoded(encoder, ['a']);
    const [later] = encoded(encoder, ['c\n'], { sequence: 5 }).map(strictMessage);
    expect(element(later!, 'partial')).toBeUndefined();
  });
});

describe('a record that is larger than a message', () => {
  const long = 'ä'.repeat(10_000);
  const bytes = Buffer.from(long).toString('latin1');

  it.each([1024, 2048, 8192, 65_507])('is split at characters, into messages of %i bytes at most', (maxMessage) => {
    const messages = strict(encoderOf({ maxMessage }), ['a\n', `${bytes}\n`, 'b\n']);
    const pieces = messages.slice(1, -1);
    expect(Buffer.concat(pieces.map(({ text }) => text)).toString()).toBe(long);
    expect(pieces.filter(({ text }) => text.toString().includes('\ufffd'))).toEqual([]);
    expect(messages.filter(({ length }) => length > maxMessage)).toEqual([]);
    if (maxMessage > 20_600) return expect(element(pieces[0]!, 'partial')).toBeUndefined();
    expect(pieces.map((piece) => element(piece, 'partial'))).toEqual(
      pieces.map((_, i) => ({
        id: expect.stringMatching(/\.1$/) as string,
        ordinal: String(i + 1),
        last: String(i === pieces.length - 1),
      })),
    );
  });

  it('is cut, which is said, if that is what was asked for', () => {
    const [message, next] = strict(encoderOf({ oversize: 'truncate' }), [`${bytes}\n`, 'b\n']);
    expect(long.startsWith(message!.text.toString())).toBe(true);
    expect(element(message!, 'truncated')).toEqual({ length: '20000' });
    expect(message!.length).toBeLessThanOrEqual(2048);
    expect(String(next!.text)).toBe('b');
  });

  it('is split where no character is, if its bytes are no UTF-8', () => {
    const messages = strict(encoderOf(), [`${'\x80'.repeat(5000)}\n`]);
    expect(Buffer.concat(messages.map(({ text }) => text)).toString('latin1')).toBe('\x80'.repeat(5000));
  });
});

describe('after a failure', () => {
  it('numbers and pieces go on from where they were', () => {
    const encoder = encoderOf();
    encoded(encoder, ['one\n', 'tw']);
    const before = encoder.save();
    const first = encoded(encoder, ['o\n', 'three\n'], { sequence: 2 }).map(String);
    encoder.restore(before);
    expect(encoded(encoder, ['o\n', 'three\n'], { sequence: 2 }).map(String)).toEqual(first);
    expect(first[1]).toContain('sequenceId="4"');
  });
});

describe('a slice', () => {
  it('holds whole records, and says how many are complete after each message', () => {
    const batch = textBatch(['a\n', `${'x'.repeat(3000)}\n`, 'b\n']);
    const slice = new Slice();
    expect(encoderOf().encode(batch, [0, 3], slice)).toBe(3);
    const complete = Array.from({ length: slice.count + 1 }, (_, i) => slice.completeAfter(i, 0));
    expect(complete).toEqual([0, 1, 1, 2, 3]);
  });

  it('has its framing between messages', () => {
    const counted = encoded(encoderOf({ address: 'tcp://h' }), ['a\n', 'bc\n']).map(String);
    for (const frame of counted) {
      const [length] = /^\d+(?= )/.exec(frame)!;
      expect(Number(length)).toBe(frame.length - length.length - 1);
    }
    const ended = encoded(encoderOf({ address: 'tcp://h', framing: 'newline' }), ['a\n', 'bc\n']).map(String);
    expect(ended.map((frame) => frame.indexOf('\n') === frame.length - 1)).toEqual([true, true]);
  });

  it('is made larger for a record that it would not hold', () => {
    const text = 'y'.repeat(300_000);
    const messages = strict(encoderOf(), [`${text}\n`]);
    expect(Buffer.concat(messages.map((message) => message.text)).equals(Buffer.from(text))).toBe(true);
  });
});
