import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/options/address.js';
import type { SyslogOptions } from '../../src/options/schema.js';
import { settingsOf } from '../../src/options/settings.js';
import { optionsOf } from '../support/test-log.js';

describe('an address', () => {
  it.each([
    ['udp://log.example', { kind: 'udp', host: 'log.example', port: 514 }],
    ['tcp://10.0.0.1:1514/', { kind: 'tcp', host: '10.0.0.1', port: 1514 }],
    ['TCP+TLS://log.example', { kind: 'tls', host: 'log.example', port: 6514 }],
    ['tcp://[::1]:601', { kind: 'tcp', host: '::1', port: 601 }],
    ['udp://[fe80::1%eth0]', { kind: 'udp', host: 'fe80::1%eth0', port: 514 }],
    ['unix:///run/a b', { kind: 'unix', path: '/run/a b' }],
    ['unixgram:///dev/log', { kind: 'unixgram', path: '/dev/log' }],
  ])('%s is understood', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    ['log.example:514', 'it has no scheme'],
    ['tls://log.example', 'did you mean tcp+tls://?'],
    ['http://log.example', 'unknown scheme "http"'],
    ['tcp://', 'is no host'],
    ['tcp://a b', 'is no host'],
    ['tcp://user@host', 'is no host'],
    ['tcp://host/path', 'is no host'],
    ['tcp://::1', 'an IPv6 address stands in brackets'],
    ['tcp://host:', 'the port is a number'],
    ['tcp://host:0', 'the port is a number'],
    ['tcp://host:65536', 'the port is a number'],
    ['tcp://host:1e3', 'the port is a number'],
    ['tcp://host:-1', 'the port is a number'],
    ['unix://run/log', 'begins with "/"'],
    [`unix:///${'x'.repeat(107)}`, '107 bytes at most, not 108'],
    ['unix:///a\0b', 'has no NUL'],
  ])('%j is refused', (text, what) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: 'options.address',
        message: expect.stringContaining(what) as string,
        remedy: expect.stringContaining('tcp+tls://HOST') as string,
      }),
    );
  });
});

describe('what is not said', () => {
  it.each<[Partial<SyslogOptions>, object]>([
    [{}, { format: 'rfc3164', framing: 'none', maxMessage: 8192 }],
    [{ address: 'unix:///run/s' }, { format: 'rfc3164', framing: 'newline', maxMessage: 8192 }],
    [{ address: 'udp://h' }, { format: 'rfc5424micro', framing: 'none', maxMessage: 2048 }],
    [{ address: 'udp://h', format: 'rfc3164' }, { maxMessage: 1024 }],
    [{ address: 'tcp://h' }, { format: 'rfc5424micro', framing: 'octet-counting', maxMessage: 8192 }],
    [
      { address: 'tcp+tls://h' },
      { framing: 'octet-counting', tls: expect.objectContaining({ verify: true }) as object },
    ],
    [
      { address: 'tcp://h', framing: 'newline', maxMessage: 65536 },
      { framing: 'newline', maxMessage: 65536 },
    ],
  ])('%j', (options, settings) => {
    expect(settingsOf(optionsOf(options))).toMatchObject(settings);
  });
});

describe('options that do not go together', () => {
  const tls = { address: 'tcp+tls://h' };
  it.each<[Partial<SyslogOptions>, string, string]>([
    [{ framing: 'newline', address: 'udp://h' }, 'framing', 'takes datagrams'],
    [{ maxMessage: 70_000, address: 'udp://h' }, 'maxMessage', 'a datagram holds 65507 bytes'],
    [{ ca: '/ca', address: 'tcp://h' }, 'ca', 'ca is for TLS'],
    [{ verify: false, address: 'tcp://h' }, 'verify', 'verify is for TLS'],
    [{ ...tls, cert: '/c' }, 'cert', 'cert needs its key'],
    [{ ...tls, key: '/k' }, 'key', 'key needs its cert'],
    [{ ...tls, passphrase: 'x' }, 'passphrase', 'there is none'],
    [{ labels: 'a' }, 'labels', 'rfc3164 does not have'],
    [{ tag: '{{.Nmae}}' }, 'tag', 'unknown field'],
  ])('%j', (options, option, what) => {
    expect(() => settingsOf(optionsOf(options))).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: `options.${option}`,
        message: expect.stringContaining(what) as string,
      }),
    );
  });
});
