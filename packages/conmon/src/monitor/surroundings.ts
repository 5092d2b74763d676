import type { FrontEndHost, ProcessHandle } from '@holdfast/core';
import { attachPlace, listenForClients, removeAttachPlace } from '../attach/attach-socket.js';
import { AttachServer, type AttachServerOptions } from '../attach/attach-server.js';
import type { Pollers } from '../attach/attach-client.js';
import { ControlFifos } from './control.js';
import type { MonitorRecord } from './record.js';

export interface SurroundingsOptions {
  readonly host: FrontEndHost;
  readonly handle: ProcessHandle;
  readonly pollers: Pollers;
  readonly record: MonitorRecord;
  /** Of the container: names what the keeper holds. */
  readonly id: string;
}

/** What lies in a bundle while its process is there: the attach socket, and the FIFOs. */
export class Surroundings {
  private constructor(
    private readonly options: SurroundingsOptions,
    private readonly server: AttachServer | undefined,
    private readonly control: ControlFifos | undefined,
  ) {}

  /** Makes all of it. Throws the system's errors, and leaves nothing. */
  static async make(options: SurroundingsOptions): Promise<Surroundings> {
    const { record } = options;
    const { bundle } = record.options;
    if (bundle === undefined || record.passthrough) return new Surroundings(options, undefined, undefined);
    const place = attachPlace(record.options, bundle);
    const server = new AttachServer(listenForClients(place, bundle), serverOptions(options));
    try {
      await server.open();
      return new Surroundings(options, server, controlOf(options, bundle, true));
    } catch (error) {
      await server.close();
      removeAttachPlace(place);
      throw error;
    }
  }

  /** Takes up what an earlier shimd had made. */
  static async resume(options: SurroundingsOptions): Promise<Surroundings> {
    const { record, host } = options;
    const { bundle } = record.options;
    if (bundle === undefined || record.passthrough || record.ended !== undefined)
      return new Surroundings(options, undefined, undefined);
    const server = (await AttachServer.resume(serverOptions(options), host.held)) ?? (await reopened(options, bundle));
    try {
      return new Surroundings(options, server, controlOf(options, bundle, false));
    } catch (error) {
      host.logger.error({ err: error, id: options.id }, 'the FIFOs of a bundle have gone');
      return new Surroundings(options, server, undefined);
    }
  }

  /** The process is there. */
  begin(): void {
    this.control?.listen();
  }

  /** Nobody finds it any more, and no client comes. Those that are there stay. */
  async withdraw(): Promise<void> {
    const { options, passthrough, ended } = this.options.record;
    const { bundle } = options;
    await this.server?.stop();
    if (bundle !== undefined && !passthrough && ended === undefined) removeAttachPlace(attachPlace(options, bundle));
    this.control?.close();
  }

  /** Clients see the end. */
  async close(): Promise<void> {
    await this.server?.close();
  }
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
  return { host, handle, pollers, key: `front-end/conmon/${id}`, closesStdin };
}

function controlOf({ host, handle, pollers }: SurroundingsOptions, bundle: string, anew: boolean): ControlFifos {
  return new ControlFifos({ host, handle, poller: pollers.reading, bundle, anew });
}
