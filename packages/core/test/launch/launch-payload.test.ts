import { describe, expect, it } from 'vitest';
import { PAYLOAD_BYTES, readPayload } from '../../src/launch/launch-payload.js';
import { payload } from './support/payload.js';

const REQUEST = {
  kind: 'containerd',
  requestId: 'a1'.repeat(16),
  umask: 0o27,
  cwd: '/run/bundle',
  argv: ['shim', '-id', 'ä b', ''],
  env: ['A=1=2', '__proto__=x', 'B='],
  input: Buffer.from([0, 1, 255]),
};

describe('the payload of a launcher', () => {
  it('is read whole', () => {
    const { env, ...rest } = readPayload(payload(REQUEST));
    expect({ ...rest, input: [...rest.input] }).toEqual({ ...without(REQUEST), input: [0, 1, 255] });
    expect(Object.entries(env)).toEqual([
      ['A', '1=2'],
      ['__proto__', 'x'],
      ['B', ''],
    ]);
  });

  it('is refused wherever it is cut off, and if anything follows', () => {
    const whole = payload(REQUEST);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readPayload(whole.subarray(0, length)), `${length} bytes`).toThrow(/launcher's request/);
    }
    expect(() => readPayload(Buffer.concat([whole, Buffer.alloc(1)]))).toThrow('1 bytes too many');
  });

  it('is refused for what cannot be', () => {
    const wrong: [Partial<typeof REQUEST>, string][] = [
      [{ kind: '../s' }, 'no kind'],
      [{ umask: 0o1000 }, 'umask'],
      [{ cwd: 'relative' }, 'working directory'],
      [{ cwd: `/${'x'.repeat(4096)}` }, 'working directory'],
      [{ argv: [] }, 'no command line'],
      [{ argv: ['a\0b'] }, 'NUL'],
      [{ argv: Array.from({ length: 4097 }, () => '') }, '4097 texts'],
      [{ argv: ['x'.repeat(256 << 10)] }, 'bytes of text'],
      [{ env: ['NOTHING'] }, 'without a name'],
      [{ env: ['=x'] }, 'without a name'],
      [{ input: Buffer.alloc((1 << 20) + 1) }, 'bytes of input'],
    ];
    for (const [change, why] of wrong) expect(() => readPayload(payload({ ...REQUEST, ...change }))).toThrow(why);
  });

  it('may hold a MiB of input', () => {
    const bytes = payload({ ...REQUEST, input: Buffer.alloc(1 << 20, 7) });
    expect(bytes.length).toBeLessThan(PAYLOAD_BYTES);
    expect(readPayload(bytes).input.equals(Buffer.alloc(1 << 20, 7))).toBe(true);
  });

  it('is refused for counts and lengths that lie', () => {
    for (const at of [0, payload(REQUEST).indexOf('shim') - 8]) {
      const bytes = payload(REQUEST);
      bytes.writeUInt32LE(0xffffffff, at);
      expect(() => readPayload(bytes)).toThrow(/launcher's request/);
    }
  });
});

function without({ env: _env, ...rest }: typeof REQUEST): Omit<typeof REQUEST, 'env'> {
  return rest;
}
