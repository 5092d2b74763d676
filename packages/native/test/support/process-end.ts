import { native } from '@holdfast/native';

function when(pidfd: number, until: 'exited' | 'reaped'): Promise<void> {
  return new Promise((resolve) => {
    const poller = new native.Poller((_token, readable, _writable, hangup) => {
      if (!(until === 'exited' ? readable : hangup)) return;
      poller.close();
      resolve();
    });
    poller.add(pidfd, 0);
  });
}

/** When the process has exited, perhaps not yet reaped: that is up to a PID 1 which may take its time. */
export function processEnd(pidfd: number): Promise<void> {
  return when(pidfd, 'exited');
}

/** The wait status of a process, once it has been reaped. */
export async function processStatus(pidfd: number): Promise<number | undefined> {
  await when(pidfd, 'reaped');
  return native.pidfdExitStatus(pidfd);
}
