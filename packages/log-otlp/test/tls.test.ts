import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textBatch } from '@holdfast/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { TestCertificates } from '../../../test/support/test-certificates.js';
import { failureOf } from './support/failure.js';
import { openLog, startReceiver } from './support/open-log.js';

const own = new TestCertificates('collector.test');
const other = new TestCertificates('collector.test');
afterAll(() => {
  own.remove();
  other.remove();
});

const ONE = textBatch(['one\n']);

describe('over TLS', () => {
  it('records come if the authority is right, over one connection', async () => {
    const receiver = await startReceiver(own.server);
    const tls = { ca: own.ca, insecureSkipVerify: false };
    const { driver } = await openLog({ endpoint: receiver.url, tls });
    await driver.write(ONE);
    await driver.write(ONE);
    expect(receiver.texts()).toEqual(['one', 'one']);
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  it.each([
    ['another authority', { ca: other.ca }],
    ['no authority', {}],
    ['another name', { ca: own.ca, serverName: 'elsewhere.test' }],
  ])('nothing is sent to a collector of %s; the records may be given again', async (_what, tls) => {
    const receiver = await startReceiver(own.server);
    const { driver } = await openLog({ endpoint: receiver.url, tls: { ...tls, insecureSkipVerify: false } });
    expect(await failureOf(driver, ONE)).toMatchObject({
      code: 'SHIM_LOG_WRITE',
      retry: true,
      lost: 1,
      remedy: expect.stringContaining('tls.ca') as string,
    });
    expect(receiver.requests).toEqual([]);
  });

  it('the name of the certificate may be given', async () => {
    const receiver = await startReceiver(own.server);
    const tls = { ca: own.ca, serverName: 'collector.test', insecureSkipVerify: false };
    const { driver } = await openLog({ endpoint: receiver.url, tls });
    await driver.write(ONE);
    expect(receiver.texts()).toEqual(['one']);
  });

  it('any certificate will do if the config says so', async () => {
    const receiver = await startReceiver(own.server);
    const { driver } = await openLog({ endpoint: receiver.url, tls: { insecureSkipVerify: true } });
    await driver.write(ONE);
    expect(receiver.texts()).toEqual(['one']);
  });

  it('a client has its certificate', async () => {
    const receiver = await startReceiver({ ...own.server, requestCert: true, rejectUnauthorized: true });
    const { ca } = own;
    const files = { cert: own.clientCert, key: own.clientKey };
    const { driver } = await openLog({ endpoint: receiver.url, tls: { ca, ...files, insecureSkipVerify: false } });
    await driver.write(ONE);
    expect(receiver.texts()).toEqual(['one']);
    const { driver: without } = await openLog({ endpoint: receiver.url, tls: { ca, insecureSkipVerify: false } });
    expect(await failureOf(without, ONE)).toMatchObject({ retry: true, lost: 1 });
  });

  it.each([
    ['is not there', 'none.pem', undefined],
    ['holds no PEM', 'text.pem', 'no certificate'],
    ['holds a broken certificate', 'broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('a file that %s is named before anything is started', async (_what, name, text) => {
    const ca = join(own.directory, name);
    if (text !== undefined) writeFileSync(ca, text);
    const opening = openLog({ endpoint: 'https://localhost:1', tls: { ca, insecureSkipVerify: false } });
    await expect(opening).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: ca });
  });

  it('a key of another certificate is named before anything is started', async () => {
    const tls = { cert: own.clientCert, key: other.clientKey, insecureSkipVerify: false };
    const opening = openLog({ endpoint: 'https://localhost:1', tls });
    await expect(opening).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: tls.key });
  });
});
