import { connect } from 'node:net';

const DEADLINE_MS = 3_000;
const QUESTION = '{"method":"org.varlink.service.GetInfo"}\0';

/** Resolves once a varlink service has answered who it is. */
export function askVarlink(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(QUESTION));
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer within ${DEADLINE_MS / 1000} s`)));
    socket
      .on('data', () => {
        socket.destroy();
        resolve();
      })
      .on('error', reject)
      .on('close', () => reject(new Error('it closed the connection')));
  });
}
