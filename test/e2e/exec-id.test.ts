import { randomUUID } from 'node:crypto';
import { Shims, type CreateExecRequest } from '@holdfast/core/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IdleContainer } from '../support/idle-container.js';
import { RUNTIMES } from '../support/runtimes.js';

const REF = { namespace: 'default', id: 'c1' };
const EXEC = { ...REF, execId: 'mine' };

function requestOf(script: string): CreateExecRequest {
  const process = {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ['sh', '-c', script],
    env: ['PATH=/bin'],
    cwd: '/',
  };
  return { requestId: randomUUID(), execId: EXEC.execId, process, stdin: false, detached: true };
}

/** A client of the shim that runs; it would start none. */
function clientOf({ bench }: IdleContainer): ReturnType<Shims['forContainer']> {
  const shims = new Shims({
    root: bench.root,
    shimdCommand: () => ({ program: '/nonexistent', args: [] }),
    environment: {},
  });
  onTestFinished(() => shims.close());
  return shims.forContainer(REF);
}

describe.each(RUNTIMES)('the id of an exec session, on real %s', (runtime) => {
  it('is refused while one has it, gives a repeated request its own session, and is free once that is deleted', async () => {
    const client = clientOf(await IdleContainer.start(runtime));
    const first = requestOf('exit 31');
    await client.createExec(REF, first);
    await expect(client.createExec(REF, requestOf('exit 32'))).rejects.toMatchObject({ code: 'SHIM_EXEC_EXISTS' });
    expect(await client.createExec(REF, first)).toMatchObject({ execId: 'mine', status: 'created' });
    await client.startExec(EXEC, { requestId: randomUUID() });
    expect(await client.waitExec(EXEC)).toMatchObject({ exitCode: 31 });
    await client.deleteExec(EXEC);
    await expect(client.waitExec(EXEC)).rejects.toMatchObject({ code: 'SHIM_EXEC_NOT_FOUND' });

    await client.createExec(REF, requestOf('exit 33'));
    await client.startExec(EXEC, { requestId: randomUUID() });
    expect(await client.waitExec(EXEC)).toMatchObject({ exitCode: 33 });
  });
});
