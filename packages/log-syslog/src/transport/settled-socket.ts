import { once } from 'node:events';
import type { Socket } from 'node:net';

/** The socket, once it has told of `event`; if it fails before, it is destroyed. Its errors are events that nobody must miss. */
export async function settledSocket<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  socket.on('error', () => undefined);
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
