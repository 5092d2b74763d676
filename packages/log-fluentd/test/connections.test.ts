import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../test/support/certificate.js';
import { lines, logsOf, NEVER, useForward } from './support/test-log.js';

const forward = useForward();
const directory = mkdtempSync(join(tmpdir(), 'holdfast-forward-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const server = makeCertificate('receiver.test');
const stranger = makeCertificate('receiver.test');
const client = makeCertificate('shim.test');
const serverCa = file('server.pem', server.cert);
const clientFiles = { tlsCert: file('client.pem', client.cert), tlsKey: file('client.key', client.key) };

describe('a connection', () => {
  it('may be a Unix socket', async () => {
    const receiver = await forward.receiver({ path: join(directory, 'forward.sock') });
    const log = await forward.log(receiver);
    await log.write(lines(2));
    expect(receiver.logs).toEqual(logsOf(2));
  });

  it('may be a safe one: the certificate is for the name that is expected', async () => {
    const receiver = await forward.receiver({ tls: server });
    const options = { tlsCa: serverCa, tlsServerName: 'receiver.test' };
    const log = await forward.log(receiver, { options });
    await log.driver.open(NEVER);
    await log.write(lines(5000));
    expect(receiver.logs).toEqual(logsOf(5000));
    expect(receiver.problems).toEqual([]);
  });

  it('may show a certificate of its own', async () => {
    const tls = { ...server, requestCert: true, rejectUnauthorized: true, ca: client.cert };
    const receiver = await forward.receiver({ tls });
    const options = { tlsCa: serverCa, tlsServerName: 'receiver.test', ...clientFiles };
    const log = await forward.log(receiver, { options });
    await log.write(lines(1));
    expect(receiver.logs).toEqual(logsOf(1));
  });

  it('is not checked if that is wanted', async () => {
    const receiver = await forward.receiver({ tls: server });
    const log = await forward.log(receiver, { options: { tlsVerify: false } });
    await log.write(lines(1));
    expect(receiver.logs).toEqual(logsOf(1));
  });

  it.each([
    ['by an authority that is not trusted', { tlsServerName: 'receiver.test' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another name', { tlsCa: serverCa, tlsServerName: 'other.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'with another key than that of the authority',
      { tlsCa: file('stranger.pem', stranger.cert), tlsServerName: 'receiver.test' },
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
  ])('with a certificate %s is refused', async (_what, options, code) => {
    const receiver = await forward.receiver({ tls: server });
    const log = await forward.log(receiver, { options });
    await expect(log.driver.open(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      where: receiver.address,
      remedy: expect.stringContaining('tlsCa') as string,
      cause: { code },
    });
    expect(receiver.messages).toEqual([]);
  });

  it('needs the files that are named', async () => {
    const receiver = await forward.receiver({ tls: server });
    const log = await forward.log(receiver, { options: { tlsCa: join(directory, 'none.pem') } });
    await expect(log.driver.open(NEVER)).rejects.toThrow(`${directory}/none.pem can't be read`);
  });

  it('with TLS to a receiver without, and the other way round, fails in time and says what to look at', async () => {
    const plain = await forward.receiver();
    const tls = await forward.receiver({ tls: server });
    const toPlain = await forward.log({ address: `tls://${plain.address}` }, { callTimeoutMs: 500 });
    await expect(toPlain.driver.open(NEVER)).rejects.toMatchObject({
      remedy: expect.stringContaining('TLS') as string,
    });
    const toTls = await forward.log({ address: tls.address.replace('tls:', 'tcp:') }, { callTimeoutMs: 500 });
    expect(await toTls.failure(toTls.write(lines(1)))).toMatchObject({ lost: 1, retry: true });
    expect(tls.messages).toEqual([]);
  });
});

describe('the handshake', () => {
  const sharedKey = 'open sesame';
  const user = { name: 'shim', password: 'geheim' };

  it('proves that both know the key', async () => {
    const receiver = await forward.receiver({ security: { sharedKey } });
    const log = await forward.log(receiver, { options: { sharedKey } });
    await log.write(lines(3));
    await log.write(lines(3, 3));
    expect([receiver.logs, receiver.connections]).toEqual([logsOf(6), 1]);
  });

  it('proves who the user is, over TLS too', async () => {
    const receiver = await forward.receiver({ security: { sharedKey, user }, tls: server });
    const options = { sharedKey, username: user.name, password: user.password, tlsVerify: false };
    const log = await forward.log(receiver, { options });
    await log.write(lines(3));
    expect(receiver.logs).toEqual(logsOf(3));
  });

  it('may say that a connection is for one chunk', async () => {
    const receiver = await forward.receiver({ security: { sharedKey, keepalive: false } });
    const log = await forward.log(receiver, { options: { sharedKey } });
    await log.write(lines(3));
    await log.write(lines(3, 3));
    expect([receiver.logs, receiver.connections]).toEqual([logsOf(6), 2]);
  });

  it.each([
    ['another key', { sharedKey: 'wrong secret' }, 'shared_key mismatch'],
    ['no user', { sharedKey }, 'username/password mismatch'],
    ['another password', { sharedKey, username: user.name, password: 'wrong secret' }, 'username/password mismatch'],
  ])('with %s is refused, and the secrets are not told', async (_what, options, reason) => {
    const receiver = await forward.receiver({ security: { sharedKey, user } });
    const log = await forward.log(receiver, { options });
    const error = await log.driver.open(NEVER).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining(reason) as string,
      remedy: expect.stringContaining('"sharedKey"') as string,
      cause: { code: 'EAUTH' },
    });
    expect((error as Error).message).not.toMatch(/wrong secret|open sesame/);
  });

  it('refuses a receiver that does not know the key itself', async () => {
    const receiver = await forward.receiver({ security: { sharedKey, impostor: true } });
    const log = await forward.log(receiver, { options: { sharedKey } });
    await expect(log.driver.open(NEVER)).rejects.toThrow('does not know the shared key');
  });

  it('that only the receiver wants is an error that says so', async () => {
    const receiver = await forward.receiver({ security: { sharedKey } });
    const log = await forward.log(receiver, { callTimeoutMs: 300 });
    expect(await log.failure(log.write(lines(2)))).toMatchObject({
      lost: 2,
      retry: true,
      cause: { code: 'EAUTH' },
      message: expect.stringContaining('"sharedKey" is not given') as string,
    });
    expect(receiver.messages).toEqual([]);
  });

  it('that only the driver wants fails in time', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { callTimeoutMs: 300, options: { sharedKey } });
    await expect(log.driver.open(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining('does not shake hands') as string,
      remedy: expect.stringContaining('"sharedKey"') as string,
    });
  });
});
