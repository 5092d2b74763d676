import type { Attachable, StreamedLaunch } from '@holdfast/core';
import type { Attachment, AttachRequest } from '../../cli/services.js';
import { LocalClient } from './local-client.js';
import { passInputOn } from './pass-input-on.js';

/** Joins the streams of a launch to those of a process in this shim, until it has ended or the launcher has gone. */
export function attachHere(
  target: Attachable,
  request: AttachRequest,
  { stdin, signal }: Pick<StreamedLaunch, 'stdin' | 'signal'>,
): Attachment {
  const client = new LocalClient(request);
  const leave = [target.hub.add(client)];
  if (request.window !== undefined) leave.push(request.window.watch((size) => resize(target, size)));
  if (request.stdin !== undefined) {
    stdin.hold();
    // What goes through a filter is not what came: then all counts once nothing waits.
    const isPlain = request.stdin === stdin;
    const passing = {
      leaveStdinOpen: request.leaveStdinOpen,
      onTaken: (bytes: number) => (isPlain ? stdin.taken(bytes) : undefined),
      onIdle: () => (isPlain ? undefined : stdin.takenAll()),
      onError: client.fail.bind(client),
    };
    leave.push(passInputOn(request.stdin, target, passing));
  }
  const detach = (): void => {
    signal.removeEventListener('abort', detach);
    for (const each of leave.splice(0)) each();
    client.leave();
  };
  signal.addEventListener('abort', detach);
  return { exit: client.ended.finally(detach), detach };
}

function resize(target: Attachable, size: Parameters<NonNullable<Attachable['resize']>>[0]): void {
  try {
    target.resize?.(size);
  } catch {
    // The terminal has gone, and its process with it.
  }
}
