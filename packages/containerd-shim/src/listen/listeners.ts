import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { FrontEndHost } from '@holdfast/core';
import { ShimError } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';
import { listenerKey, socketPath, type ContainerdNamespace } from '../names.js';

/** Connections that wait while shimd is started again. */
const BACKLOG = 128;
const FILE = 'containerd.json';

/** A socket on which tasks of one namespace are served. */
export interface Listener extends ContainerdNamespace {
  readonly key: string;
  readonly path: string;
  /** Path of containerd's socket for events. */
  readonly ttrpcAddress: string;
  /** HOLDFAST_ variables of containerd: they say where its config of ours is. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What containerd tells beside the namespace. */
export type ListenerDetails = Pick<Listener, 'ttrpcAddress' | 'environment'>;

/** The sockets of this group, which its keeper holds: they outlive shimd. */
export class Listeners {
  readonly #byKey = new Map<string, Listener>();
  #saving: Promise<void> = Promise.resolve();
  readonly #making = new Map<string, Promise<Listener>>();

  constructor(private readonly host: FrontEndHost) {}

  /** Takes up those of an earlier shimd. */
  async recover(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => '[]');
    for (const listener of JSON.parse(text) as Listener[]) {
      const { key, path } = listener;
      const relayed = await this.host.keeper.relay(key).catch((error: unknown) => {
        // The keeper that held it was killed: its file would stay for ever.
        this.host.logger.warn({ err: error, path }, 'a socket has gone with its keeper');
        rmSync(path, { force: true });
        return false;
      });
      if (relayed) this.#byKey.set(key, listener);
    }
  }

  find(key: string): Listener | undefined {
    return this.#byKey.get(key);
  }

  get all(): Iterable<Listener> {
    return this.#byKey.values();
  }

  /** The namespace's, made if there is none. Rejects with SHIM_IO or SHIM_UNSUPPORTED. */
  ensure({ address, namespace }: ContainerdNamespace, details: ListenerDetails): Promise<Listener> {
    const key = listenerKey({ address, namespace });
    const known = this.#byKey.get(key);
    if (known !== undefined) return this.#renew(known, details);
    const making =
      this.#making.get(key) ??
      this.#make({ key, address, namespace, ...details }).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** The keeper is about to leave. */
  removeSockets(): void {
    for (const { path } of this.#byKey.values()) rmSync(path, { force: true });
    rmSync(this.#file, { force: true });
  }

  /** containerd may have been started anew, with another config for us. */
  async #renew(known: Listener, details: ListenerDetails): Promise<Listener> {
    const renewed = { ...known, ...details };
    if (JSON.stringify(renewed) === JSON.stringify(known)) return known;
    // In place: tasks that are served look at it.
    Object.assign(known, details);
    await this.#save();
    return known;
  }

  async #make(wanted: Omit<Listener, 'path'>): Promise<Listener> {
    const { keeper, layout, group } = this.host;
    const { key } = wanted;
    const path = socketPath(wanted, group, layout.root);
    const fd = await listen(path);
    try {
      await keeper.hold(key, fd);
    } finally {
      closeSync(fd);
    }
    const listener = { ...wanted, path };
    this.#byKey.set(key, listener);
    // Before the keeper takes the first connection: a shimd that is killed then must know whose it is.
    await this.#save();
    if (await keeper.relay(key)) return listener;
    throw new ShimError('SHIM_UNSUPPORTED', `the keeper of group ${group} is too old to pass on containerd's calls`, {
      remedy: 'Stop its containers: the next keeper is a new one.',
    });
  }

  /** One after the other: they share a draft. */
  #save(): Promise<void> {
    const saving = this.#saving.then(() => this.#write());
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  async #write(): Promise<void> {
    const draft = `${this.#file}.new`;
    await writeFile(draft, JSON.stringify([...this.#byKey.values()]), { mode: 0o600 });
    await rename(draft, this.#file);
  }

  get #file(): string {
    return join(this.host.layout.group(this.host.group), FILE);
  }
}

/** A listening socket at `path`. A file that nobody listens on, left by a keeper that was killed, is replaced. */
async function listen(path: string): Promise<number> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  try {
    return native.streamListen(path, 0o600, BACKLOG);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  }
  if (await somebodyListens(path)) throw new ShimError('SHIM_IO', `somebody else listens on ${path}`, { where: path });
  rmSync(path, { force: true });
  return native.streamListen(path, 0o600, BACKLOG);
}

function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
