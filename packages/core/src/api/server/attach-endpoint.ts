import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { faultPoint } from '../../faults/fault-point.js';
import { ERROR_CODES } from '../../plugin/error-codes.js';
import { asShimError, ShimError } from '../../plugin/shim-error.js';
import type { AttachHub } from '../../stdio/attach-hub.js';
import type { Replay } from '../../stdio/replay.js';
import { FRAME_PROTOCOL } from '../frames.js';
import { AttachConnection } from './attach-connection.js';
import type { AttachTarget } from './attach-input.js';
import { matchPath, splitPath, urlOf } from './router.js';

/** Finds what can be attached to. Throws SHIM_CONTAINER_NOT_FOUND or SHIM_EXEC_NOT_FOUND. */
export interface Attachables {
  container(ref: { namespace: string; id: string }): Attachable;
  exec(ref: { namespace: string; id: string; execId: string }): Attachable;
}

export interface Attachable extends AttachTarget {
  readonly hub: AttachHub;
  /** Absent: it has no logs. */
  readonly replay?: () => Replay;
}

/** Handles a request to upgrade: the connection becomes a client of a process's output. */
export function acceptAttach(request: IncomingMessage, socket: Duplex, attachables: Attachables): void {
  socket.on('error', () => socket.destroy());
  try {
    if (request.headers.upgrade !== FRAME_PROTOCOL) {
      throw new ShimError('SHIM_INVALID_ARGUMENT', `attach speaks ${FRAME_PROTOCOL}`, { where: 'header Upgrade' });
    }
    const url = urlOf(request);
    const target = find(splitPath(url), attachables);
    const { searchParams } = url;
    const replay = searchParams.get('replay') === '1' ? replayOf(target) : undefined;
    // A client is attached once that is recorded: else a shimd that follows would pass output on without waiting for it.
    socket.cork();
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${FRAME_PROTOCOL}\r\n\r\n`);
    const options = { primary: searchParams.get('primary') === '1', stdin: searchParams.get('stdin') === '1' };
    const connection = new AttachConnection(socket, target, options);
    if (replay !== undefined) connection.precede(replay);
    connection.onClose = target.hub.add(connection);
    void target.hub.recorded.then(() => socket.uncork());
    faultPoint('attached');
  } catch (error) {
    refuse(socket, error);
  }
}

function find(path: readonly string[], attachables: Attachables): Attachable {
  const container = matchPath('containers/*/*/attach', path);
  if (container !== undefined) return attachables.container({ namespace: container[0] ?? '', id: container[1] ?? '' });
  const exec = matchPath('containers/*/*/execs/*/attach', path);
  if (exec !== undefined)
    return attachables.exec({ namespace: exec[0] ?? '', id: exec[1] ?? '', execId: exec[2] ?? '' });
  throw new ShimError('SHIM_INVALID_ARGUMENT', 'nothing to attach to at this path');
}

function replayOf({ replay }: Attachable): Replay {
  if (replay !== undefined) return replay();
  throw new ShimError('SHIM_INVALID_ARGUMENT', 'an exec session has no logs to replay', { where: 'replay' });
}

/** An answer on a connection that Node has handed over. */
export function refuse(socket: Duplex, error: unknown): void {
  const shimError = asShimError(error);
  const body = `${JSON.stringify({ error: shimError })}\n`;
  const head = `HTTP/1.1 ${ERROR_CODES[shimError.code].status} Refused\r\nContent-Type: application/json\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
