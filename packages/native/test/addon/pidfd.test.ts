import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { processStatus } from '../support/process-end.js';

describe('pidfd', () => {
  it('signals a process and tells its wait status after another has reaped it', async () => {
    const child = spawn('sleep', ['100'], { stdio: 'ignore' });
    const pidfd = native.pidfdOpen(child.pid ?? -1);
    expect(native.pidfdExitStatus(pidfd)).toBeUndefined();
    native.pidfdSendSignal(pidfd, 0);
    native.pidfdSendSignal(pidfd, constants.signals.SIGKILL);
    expect(await processStatus(pidfd)).toBe(constants.signals.SIGKILL);
    expect(() => native.pidfdSendSignal(pidfd, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    closeSync(pidfd);
  });

  it('tells an exit code', async () => {
    const child = spawn('sh', ['-c', 'read line; exit 37'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const pidfd = native.pidfdOpen(child.pid ?? -1);
    const exited = once(child, 'exit');
    child.stdin?.end();
    expect(await processStatus(pidfd)).toBe(37 << 8);
    expect(await exited).toEqual([37, null]);
    closeSync(pidfd);
  });

  it('refuses what is no process and no pidfd', () => {
    expect(() => native.pidfdOpen(0)).toThrow(expect.objectContaining({ code: 'EINVAL', syscall: 'pidfd_open' }));
    expect(() => native.pidfdOpen(0x7fff_ffff)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    expect(() => native.pidfdExitStatus(9999)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(native.pidfdExitStatus(0)).toBeUndefined();
  });
});
