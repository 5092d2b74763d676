import { makeInstance, LogDriverHost } from '@holdfast/testkit';
import { LazyValidators } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import fluentd from '../../src/index.js';
import { formatAddress, parseAddress } from '../../src/options/address.js';
import { optionsSchema, type FluentdOptions } from '../../src/options/schema.js';
import { settingsOf } from '../../src/options/settings.js';

const DEFAULTS: FluentdOptions = {
  address: '127.0.0.1:24224',
  tag: '{{.ID}}',
  requestAck: true,
  ackTimeout: '30s',
  compress: 'none',
  subSecondPrecision: true,
  tlsVerify: true,
};

describe('an address', () => {
  it.each([
    ['host', { kind: 'tcp', host: 'host', port: 24224 }],
    ['127.0.0.1:1', { kind: 'tcp', host: '127.0.0.1', port: 1 }],
    ['tcp://a.b-c.d:65535', { kind: 'tcp', host: 'a.b-c.d', port: 65535 }],
    ['tls://[::1]:9', { kind: 'tls', host: '::1', port: 9 }],
    ['[fe80::1]', { kind: 'tcp', host: 'fe80::1', port: 24224 }],
    ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
  ])('%s is understood, and written as it is read', (text, endpoint) => {
    expect(parseAddress(text)).toEqual(endpoint);
    expect(parseAddress(formatAddress(parseAddress(text)))).toEqual(endpoint);
  });

  it.each([
    ['', 'no HOST:PORT'],
    ['udp://host:1', 'unknown scheme "udp"'],
    ['host:0', 'no port: 0'],
    ['host:65536', 'no port: 65536'],
    ['host:port', 'no HOST:PORT'],
    ['::1', 'no HOST:PORT'],
    ['tcp://host:1/path', 'no HOST:PORT'],
    ['tcp://user:secret@host', 'no HOST:PORT'],
    ['unix://run/x', 'a path begins with /'],
    [`unix:///${'x'.repeat(107)}`, 'at most 107 bytes'],
  ])('%j is refused', (text, what) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: 'options.address',
        message: expect.stringContaining(what) as string,
      }),
    );
  });
});

describe('settings', () => {
  it('are what the options say', () => {
    const tls = { tlsCa: '/ca', tlsCert: '/cert', tlsKey: '/key', tlsServerName: 'x' };
    const secrets = { sharedKey: 'k', username: 'u', password: 'p' };
    const options = { ...DEFAULTS, ...tls, ...secrets, address: 'tls://h:1', ackTimeout: '2m', labels: 'a, b,' };
    expect(settingsOf(options)).toMatchObject({
      tls: { ca: '/ca', cert: '/cert', key: '/key', serverName: 'x', verify: true },
      secrets,
      labels: { names: ['a', 'b'], pattern: undefined },
      ackTimeoutMs: 120_000,
      gzip: false,
    });
  });

  it.each<[Partial<FluentdOptions>, string]>([
    [{ tlsCa: '/ca' }, 'tlsCa'],
    [{ address: 'unix:///x', tlsVerify: false }, 'tlsVerify'],
    [{ address: 'tls://h', tlsKey: '/key' }, 'tlsCert'],
    [{ username: 'u', password: 'p' }, 'username'],
    [{ sharedKey: 'k', password: 'p' }, 'username'],
    [{ labelsRegex: '(' }, 'labelsRegex'],
    [{ ackTimeout: '9999999m' }, 'ackTimeout'],
    [{ tag: '{{.Nmae}}' }, 'tag'],
  ])('refuse %j', (options, name) => {
    expect(() => settingsOf({ ...DEFAULTS, ...options })).toThrow(
      expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: `options.${name}` }),
    );
  });

  it('that are wrong keep the driver from being made', async () => {
    const host = await LogDriverHost.open();
    await expect(makeInstance(fluentd, host.context(), { address: 'udp://x:1' })).rejects.toThrow('unknown scheme');
    await host.close();
  });
});

describe('the schema', () => {
  it('fills in defaults', async () => {
    const options = {};
    expect((await new LazyValidators().validator(optionsSchema))(options)).toBe(true);
    expect(options).toEqual(DEFAULTS);
  });

  it('marks what is secret', () => {
    const { sharedKey, username, password } = optionsSchema.properties;
    expect([sharedKey, username, password].map(({ writeOnly }) => writeOnly)).toEqual([true, true, true]);
  });

  it.each([
    { address: '' },
    { ackTimeout: '0s' },
    { ackTimeout: '1h' },
    { compress: 'zstd' },
    { sharedKey: '' },
    { tlsCa: 'relative.pem' },
    { more: true },
  ])('refuses %j', async (options) => {
    expect((await new LazyValidators().validator(optionsSchema))(options)).toBe(false);
  });
});
