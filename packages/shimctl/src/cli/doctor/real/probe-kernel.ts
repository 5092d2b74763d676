import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import type { NativeAddon } from '@holdfast/native';
import type { KernelProbes } from '../system.js';

const CODE = 7;

/** Tries the system calls that everything rests on. Rejects if the addon can't be loaded. */
export async function probeKernel(): Promise<KernelProbes> {
  const { native } = await import('@holdfast/native');
  return {
    pidfdOpen: attempt(() => closeSync(native.pidfdOpen(process.pid))),
    tee: attempt(() => probeTee(native)),
    pidfdExitCode: await probeExitCode(native).catch(() => false),
  };
}

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

function probeTee(native: NativeAddon): void {
  const pipe = native.pipe(true);
  const scratch = native.pipe(true);
  try {
    writeSync(pipe[1], 'x');
    const buffer = Buffer.alloc(1);
    if (native.peek(pipe[0], scratch, buffer) !== 1 || native.pipeBytes(pipe[0]) !== 1) throw new Error('tee');
  } finally {
    for (const fd of [...pipe, ...scratch]) closeSync(fd);
  }
}

/** Node reaps the child, as a keeper that died can't have: the kernel must still tell its code. */
async function probeExitCode(native: NativeAddon): Promise<boolean> {
  const child = spawn(process.execPath, ['-e', `process.stdin.on("end", () => process.exit(${CODE})).resume()`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(child, 'exit');
  const pidfd = native.pidfdOpen(child.pid as number);
  try {
    child.stdin.end();
    await exited;
    return native.pidfdExitStatus(pidfd) === CODE << 8;
  } finally {
    closeSync(pidfd);
  }
}
