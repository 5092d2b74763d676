import { performance } from 'node:perf_hooks';
import type { Readable, Writable } from 'node:stream';
import type { ContainerRef, ExecRef, ExitDocument, TerminalSize } from '../api/documents.js';
import { containerPath, execPath } from '../api/routes.js';
import { upgrade } from './attach-connect.js';
import { InputRelay } from './attach-input.js';
import { OutputRelay, type OutputGap } from './attach-relay.js';
import { receiveFrames } from './attach-session.js';
import { ConnectionCut } from './connection-cut.js';
import type { ShimEndpoint } from './endpoint.js';
import { persist, type Attempt } from './persist.js';

/** A terminal whose size is followed. */
export interface AttachedWindow {
  /** Calls `onSize` with the size now, and with every new one until the returned function is called. */
  watch(onSize: (size: TerminalSize) => void): () => void;
}

export interface AttachOptions {
  /** Read to its end, then stdin is closed. null: this client leaves stdin alone. */
  readonly stdin: Readable | null;
  /** The end of our stdin is not the end of the process's. */
  readonly leaveStdinOpen?: boolean;
  /** Our terminal: the process's gets its size, now and whenever it changes. */
  readonly window?: AttachedWindow;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** This client started the process: no output is dropped, the process waits for it. */
  readonly primary: boolean;
  /**
   * Given: before the first output it is called with a time, in nanoseconds since the epoch, and puts out what the logs of the container
   * have from before it. Nothing is missed or doubled in between.
   */
  readonly onCut?: (until: bigint) => Promise<void>;
  /** Bytes that this client missed. */
  readonly onGap?: (gap: OutputGap) => void;
  /** The first connection stands: from here on no output is missed. */
  readonly onAttached?: () => void;
  /** shimd went away and came back; the streams go on. */
  readonly onReconnect?: () => void;
  /** A Writable failed (`EPIPE`: its reader has gone); what follows for it is dropped. */
  readonly onOutputError?: (stream: 'stdout' | 'stderr', error: Error) => void;
  /** Detaches: the result rejects with the signal's reason, the process goes on. */
  readonly signal?: AbortSignal;
}

/** A connection that lasted this long was not one of a shimd that dies of being asked. */
const ESTABLISHED_MS = 1_000;

/**
 * Joins our streams to those of a container or exec session, over as many connections as it takes. Resolves with its exit
 * once all output has been written; rejects with the server's error, or SHIM_UNAVAILABLE. The streams stay open, and are
 * paused, afterwards.
 */
export async function attach(
  endpoint: ShimEndpoint,
  target: ContainerRef | ExecRef,
  options: AttachOptions,
): Promise<ExitDocument> {
  const input = new InputRelay(options.stdin, options.leaveStdinOpen);
  const output = new OutputRelay({ ...options, onAcknowledged: (offset) => input.acknowledged(offset) });
  const on = { endpoint, target, input, output, options, upgrades: 0 };
  output.open();
  input.open();
  const unwatch = options.window?.watch((size) => input.resize(size));
  try {
    const exit = await persist(endpoint, (state) => attachOnce(on, state), {
      signal: options.signal,
      // One that stands waits for its process as long as it may.
      steadfast: () => on.upgrades > 0,
    });
    await output.flushed();
    return exit;
  } finally {
    unwatch?.();
    input.close();
    output.close();
  }
}

interface Attachment {
  readonly endpoint: ShimEndpoint;
  readonly target: ContainerRef | ExecRef;
  readonly input: InputRelay;
  readonly output: OutputRelay;
  readonly options: AttachOptions;
  upgrades: number;
}

async function attachOnce(on: Attachment, state: Attempt): Promise<ExitDocument> {
  const { input, output, options, target } = on;
  const path = attachPath(target, options, !output.cutSeen);
  const { signal } = options;
  const timeoutMs = Math.max(1, state.left());
  const { socket, head } = await upgrade({ socketPath: on.endpoint.socketPath, path, timeoutMs, signal });
  const since = performance.now();
  const detach = (): void => void socket.destroy();
  signal?.addEventListener('abort', detach, { once: true });
  if (on.upgrades++ > 0) options.onReconnect?.();
  else options.onAttached?.();
  input.connect(socket);
  const before = output.received;
  try {
    return await receiveFrames(socket, head, output);
  } catch (error) {
    const worked = output.received > before || performance.now() - since > ESTABLISHED_MS;
    if (error instanceof ConnectionCut && worked) state.alive();
    throw error;
  } finally {
    input.disconnect();
    signal?.removeEventListener('abort', detach);
  }
}

function attachPath(target: ContainerRef | ExecRef, options: AttachOptions, first: boolean): string {
  const path = 'execId' in target ? execPath(target, 'attach') : containerPath(target, 'attach');
  const query = [
    ...(options.stdin === null ? [] : ['stdin=1']),
    ...(options.primary ? ['primary=1'] : []),
    ...(first && options.onCut !== undefined ? ['replay=1'] : []),
  ];
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}
