import type { FrontEndHost, ProcessHandle } from '@holdfast/core';
import { attachPlace, listenForClients, removeAttachPlace } from '../attach/attach-socket.js';
import { AttachServer, type AttachServerOptions } from '../attach/attach-server.js';
import type { Pollers } from '../attach/attach-client.js';
import { NotifyRelay, type NotifyRelayOptions } from '../notify/notify-relay.js';
import { ControlFifos, type ControlOptions } from './control.js';
import type { MonitorRecord } from './record.js';

export interface SurroundingsOptions {
  readonly host: FrontEndHost;
  readonly handle: ProcessHandle;
  readonly pollers: Pollers;
  readonly record: MonitorRecord;
  /** Of the container: names what the keeper holds. */
  readonly id: string;
}

/** What lies in a bundle while its process is there: the attach socket, the FIFOs, and the socket for notifications. */
export class Surroundings {
  private constructor(
    private readonly options: SurroundingsOptions,
    private readonly parts: Parts,
  ) {}

  /** Makes all of it. Throws the system's errors, and leaves nothing. */
  static async make(options: SurroundingsOptions): Promise<Surroundings> {
    const made = new Surroundings(options, {});
    try {
      await made.#make();
      return made;
    } catch (error) {
      await made.withdraw();
      await made.close();
      throw error;
    }
  }

  /** Takes up what an earlier shimd had made. */
  static async resume(options: SurroundingsOptions): Promise<Surroundings> {
    const { host, id, handle, record } = options;
    if (record.ended !== undefined) return new Surroundings(options, {});
    const bundle = attachableBundle(options);
    const notify = notifyOptions(options);
    const parts: Parts = { notify: notify && (await NotifyRelay.resume(notify, handle.exit === undefined)) };
    if (bundle === undefined) return new Surroundings(options, parts);
    parts.server = (await AttachServer.resume(serverOptions(options), host.held)) ?? (await reopened(options, bundle));
    try {
      parts.control = await ControlFifos.open(controlOptions(options, bundle, false));
    } catch (error) {
      host.logger.error({ err: error, id }, 'the FIFOs of a bundle have gone');
    }
    return new Surroundings(options, parts);
  }

  /** The process is there. */
  begin(): void {
    this.parts.control?.listen();
  }

  /** Nobody finds it any more, and no client comes. Those that are there stay. */
  async withdraw(): Promise<void> {
    const { server, control, notify } = this.parts;
    const { record } = this.options;
    const bundle = record.ended === undefined ? attachableBundle(this.options) : undefined;
    await server?.stop();
    if (bundle !== undefined) removeAttachPlace(attachPlace(record.options, bundle));
    await control?.close();
    await notify?.close();
  }

  /** Clients see the end. */
  async close(): Promise<void> {
    await this.parts.server?.close();
  }

  /** Another shimd goes on with it. Output still goes to clients until this process ends. */
  leave(): void {
    const { server, control, notify } = this.parts;
    control?.leave();
    notify?.leave();
    server?.leave();
  }

  async #make(): Promise<void> {
    const { options, parts } = this;
    const { record } = options;
    const notify = notifyOptions(options);
    if (notify !== undefined) parts.notify = await NotifyRelay.make(notify);
    const bundle = attachableBundle(options);
    if (bundle === undefined) return;
    const place = attachPlace(record.options, bundle);
    parts.server = new AttachServer(listenForClients(place, bundle), serverOptions(options));
    await parts.server.open();
    parts.control = await ControlFifos.open(controlOptions(options, bundle, true));
  }
}

interface Parts {
  server?: AttachServer | undefined;
  control?: ControlFifos | undefined;
  notify?: NotifyRelay | undefined;
}

/** Undefined: nobody can attach to it. */
function attachableBundle({ record }: SurroundingsOptions): string | undefined {
  return record.passthrough ? undefined : record.options.bundle;
}

function keyOf(id: string): string {
  return `front-end/conmon/${id}`;
}

function notifyOptions({ host, pollers, record, id }: SurroundingsOptions): NotifyRelayOptions | undefined {
  const { bundle, sdnotifySocket: target } = record.options;
  if (bundle === undefined || target === undefined) return undefined;
  return { host, poller: pollers.reading, bundle, target, pid: record.pid, key: `${keyOf(id)}/notify` };
}

/** A keeper that was killed has taken the socket with it, and all clients. New ones may come. */
async function reopened(options: SurroundingsOptions, bundle: string): Promise<AttachServer | undefined> {
  const { handle, host, id, record } = options;
  if (handle.exit !== undefined) return undefined;
  try {
    const server = new AttachServer(
      listenForClients(attachPlace(record.options, bundle), bundle),
      serverOptions(options),
    );
    await server.open();
    return server;
  } catch (error) {
    host.logger.error({ err: error, id }, 'clients can not attach any more');
    return undefined;
  }
}

function serverOptions({ host, handle, pollers, record, id }: SurroundingsOptions): AttachServerOptions {
  const { stdin, leaveStdinOpen, terminal } = record.options;
  const closesStdin = stdin && !leaveStdinOpen && !terminal;
  return { host, handle, pollers, key: keyOf(id), closesStdin };
}

function controlOptions(
  { host, handle, pollers, id }: SurroundingsOptions,
  bundle: string,
  anew: boolean,
): ControlOptions {
  return { host, handle, poller: pollers.reading, bundle, anew, key: keyOf(id) };
}
