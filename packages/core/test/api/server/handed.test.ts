import { closeSync, fstatSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Handed } from '../../../src/api/unit-documents.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { ServedApi } from './support.js';

const CREATE = {
  requestId: 'r1',
  namespace: 'default',
  id: 'c1',
  bundle: '/b',
  config: {
    runtime: { name: 'x', plugin: 'x', path: null, version: '1', options: {} },
    logs: [],
    logDirectory: '/l',
    limits: { runtimeTimeoutMs: 1, drainTimeoutMs: 1, stopTimeoutMs: 1, logTimeoutMs: 1 },
  },
  stdin: false,
  autoRemove: false,
};
const START = '/v1/containers/default/c1/execs/e1/start';

function openFile(): number {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'text');
  const fd = openSync(path, 'r');
  onTestFinished(() => closeSync(fd));
  return fd;
}

describe('descriptors of the caller', () => {
  it.each([
    ['create', '/v1/containers', CREATE],
    ['startExec', START, { requestId: 'r1' }],
  ])('are open during %s, in their order, and closed afterwards', async (method, path, body) => {
    const seen: number[] = [];
    let copies: readonly number[] = [];
    const api = await ServedApi.start(() => {
      copies = (api.fake.calls.at(-1)?.at(-1) as Handed).descriptors ?? [];
      seen.push(...copies.map((fd) => fstatSync(fd).ino));
      return {};
    });
    const [a, b] = [openFile(), openFile()];
    const before = readdirSync('/proc/self/fd').length;
    const answer = await api.call('POST', path, { ...body, preserveFds: [b, a] });
    expect(answer).toEqual({ status: 200, body: {} });
    expect(api.fake.calls.at(-1)?.[0]).toBe(method);
    expect(seen).toEqual([fstatSync(b).ino, fstatSync(a).ino]);
    expect(copies).toHaveLength(2);
    expect(copies).not.toContain(a);
    // Both ends of the connection are this process's.
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2);
    for (const copy of copies) expect(() => fstatSync(copy)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('are closed when the call fails, and none is taken if one is not open', async () => {
    let copies: readonly number[] = [];
    const api = await ServedApi.start(() => {
      copies = (api.fake.calls.at(-1)?.at(-1) as Handed).descriptors ?? [];
      throw new Error('no');
    });
    const fd = openFile();
    expect((await api.call('POST', '/v1/containers', { ...CREATE, preserveFds: [fd] })).status).toBe(500);
    for (const copy of copies) expect(() => fstatSync(copy)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(copies).toHaveLength(1);
    const refused = await api.call('POST', '/v1/containers', { ...CREATE, preserveFds: [fd, 999] });
    expect(refused.body.error).toMatchObject({ code: 'SHIM_INVALID_ARGUMENT', message: 'descriptor 999 is not open' });
    expect(api.fake.calls).toHaveLength(1);
  });

  it('are at most 13', async () => {
    const api = await ServedApi.start();
    const { body } = await api.call('POST', START, { requestId: 'r1', preserveFds: Array<number>(14).fill(0) });
    expect(body.error?.code).toBe('SHIM_INVALID_ARGUMENT');
    expect(api.fake.calls).toEqual([]);
  });
});
