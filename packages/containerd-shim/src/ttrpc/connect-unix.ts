import { connect, type Socket } from 'node:net';
import { CODE, TtrpcError } from './codes.js';

const SCHEME = 'unix://';
/** Of sockaddr_un, without the zero at its end. Node cuts what is longer. */
const LONGEST_PATH = 107;

/** Connects to a Unix socket. */
export function connectUnix(address: string, { timeoutMs }: { timeoutMs?: number }): Promise<Socket> {
  const path = address.startsWith(SCHEME) ? address.slice(SCHEME.length) : address;
  if (!path.startsWith('/') || path.includes('\0') || Buffer.byteLength(path) > LONGEST_PATH) {
    return Promise.reject(
      new TtrpcError(CODE.InvalidArgument, `no address of a Unix socket: ${JSON.stringify(address)}`),
    );
  }
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (error: TtrpcError): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    // connect(2) blocks, and Node's waits, while the listener's queue is full.
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => fail(new TtrpcError(CODE.DeadlineExceeded, `connect ${path}: no answer`)), timeoutMs);
    const failed = (cause: Error): void => fail(new TtrpcError(CODE.Unavailable, cause.message, { cause }));
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
