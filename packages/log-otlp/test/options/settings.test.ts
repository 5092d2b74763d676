import { describe, expect, it } from 'vitest';
import { shownUrl } from '../../src/options/logs-url.js';
import { settingsOf } from '../../src/options/settings.js';
import { DEFAULTS } from '../support/open-log.js';

const SECRET = 'c2VjcmV0';

describe('the URL of logs', () => {
  it.each([
    ['http://localhost:4318', 'http://localhost:4318/v1/logs'],
    ['http://localhost:4318/', 'http://localhost:4318/v1/logs'],
    ['https://collector.test/otlp', 'https://collector.test/otlp/v1/logs'],
    ['https://collector.test/otlp/', 'https://collector.test/otlp/v1/logs'],
    ['http://[::1]:4318', 'http://[::1]:4318/v1/logs'],
  ])('of the endpoint %s is %s', (endpoint, url) => {
    expect(settingsOf({ ...DEFAULTS, endpoint }).url.href).toBe(url);
  });

  it.each(['http://localhost:4318', 'https://collector.test/v1/logs/', 'https://collector.test/in?key=1'])(
    'that is given, %s, is used as it is',
    (logsEndpoint) => {
      expect(settingsOf({ ...DEFAULTS, logsEndpoint }).url.href.replace(/(4318)\/$/, '$1')).toBe(logsEndpoint);
    },
  );

  it('is shown without its query', () => {
    expect(shownUrl(new URL(`https://collector.test/in?key=${SECRET}`))).toBe('https://collector.test/in');
  });
});

describe('options that can work for nobody', () => {
  it.each([
    ['an endpoint that is no URL', 'endpoint', { endpoint: 'localhost:4318' }],
    ['another protocol', 'endpoint', { endpoint: 'grpc://localhost:4317' }],
    ['a password in the URL', 'logsEndpoint', { logsEndpoint: `http://me:${SECRET}@localhost` }],
    ['a newline in a header', 'headers.X-Token', { headers: { 'X-Token': `${SECRET}\nX: y` } }],
    ['a header without a name', 'headers', { headers: { '': SECRET } }],
    ['a header of the driver', 'headers.Content-Type', { headers: { 'Content-Type': 'text/plain' } }],
    ['a header that comes twice', 'headers.x-token', { headers: { 'X-Token': SECRET, 'x-token': SECRET } }],
    ['TLS without https', 'tls', { tls: { insecureSkipVerify: true } }],
    [
      'a client certificate without a key',
      'tls',
      { endpoint: 'https://localhost', tls: { cert: '/c.pem', insecureSkipVerify: false } },
    ],
    ['a template that is none', 'serviceName', { serviceName: '{{.Nmae}}' }],
    ['a pattern that is none', 'labelsRegex', { labelsRegex: '(' }],
  ])('%s is refused at its place, without secrets', (_what, option, options) => {
    let error: unknown;
    try {
      settingsOf({ ...DEFAULTS, ...options });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'SHIM_CONFIG_INVALID', where: `options.${option}` });
    expect(JSON.stringify(error)).not.toContain(SECRET);
  });
});

describe('a timeout', () => {
  it.each([
    ['50ms', 50],
    ['10s', 10_000],
    ['2m', 120_000],
    ['99999999m', 2 ** 31 - 1],
  ])('of %s', (timeout, ms) => {
    expect(settingsOf({ ...DEFAULTS, timeout }).timeoutMs).toBe(ms);
  });
});
