import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import type { ContainerDocument } from '@holdfast/core/client';
import { until } from './until.js';

/** So many of a kind shimd has open when it has nothing to do, lanes for log files included; the keeper has fewer. */
const MOST: Readonly<Record<string, number>> = {
  'socket:': 2,
  'pipe:': 10,
  'anon_inode:[eventpoll]': 6,
  'anon_inode:[eventfd]': 7,
  'anon_inode:[pidfd]': 0,
};

/** A shim that is kept from leaving while one looks at what it has open without containers. */
export class IdleShim {
  private constructor(private readonly shim: ContainerDocument['shim']) {}

  /** Those of the containers; one that does not answer is left out. */
  static async of(containers: readonly ContainerDocument[]): Promise<IdleShim[]> {
    const sockets = new Map(containers.map(({ shim }) => [shim.socket, shim]));
    const shims = [...sockets.values()].map((shim) => new IdleShim(shim));
    const held = await Promise.all(shims.map((shim) => shim.#stayFor(600_000)));
    return shims.filter((_shim, i) => held[i]);
  }

  /** Fails if it or its keeper has more open than without containers. */
  async expectNothingOpen(directory: string): Promise<void> {
    const { pid, keeperPid } = this.shim;
    const left = (): string[] => [pid, keeperPid].flatMap((of) => surplus(of, directory));
    await until(`the end of ${left().join(', ')}`, () => left().length === 0, 5_000);
  }

  /** It may leave now. */
  async release(): Promise<void> {
    await this.#stayFor(100);
  }

  async #stayFor(idleTimeoutMs: number): Promise<boolean> {
    const { socket } = this.shim;
    if (socket === undefined) return false;
    const outgoing = request({ socketPath: socket, method: 'POST', path: '/v1/settings', agent: false });
    outgoing.end(JSON.stringify({ idleTimeoutMs }));
    try {
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      incoming.resume();
      return incoming.statusCode === 200;
    } catch {
      return false;
    }
  }
}

/** What a process has open of a container of `directory`, or too much of. */
function surplus(pid: number, directory: string): string[] {
  const links = linksOf(pid);
  const counts = Object.entries(MOST).map(([kind, most]) => ({ kind, most, found: count(links, kind) }));
  return [
    ...links.filter((link) => isContainers(link, directory)),
    ...counts.filter(({ most, found }) => found > most).map(({ kind, most, found }) => `${found} of ${kind} (${most})`),
  ].map((what) => `${what} of pid ${pid}`);
}

function isContainers(link: string, directory: string): boolean {
  if (link.startsWith('/dev/pt')) return true;
  return link.startsWith(`${directory}/`) && !link.startsWith(`${directory}/r/groups/`);
}

function count(links: readonly string[], kind: string): number {
  return links.filter((link) => link.startsWith(kind)).length;
}

function linksOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).flatMap((fd) => {
    try {
      return [readlinkSync(`${directory}/${fd}`)];
    } catch {
      // Closed since.
      return [];
    }
  });
}
