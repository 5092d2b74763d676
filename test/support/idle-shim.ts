import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ContainerDocument, SettingsDocument, ShimSettings } from '@holdfast/core/client';
import { until } from './until.js';

/**
 * So many of a kind shimd has open when it has nothing to do: the listener for launchers and what it is watched with, and a lane for log files, with the
 * pipe and the poll that it moves records with; the keeper has fewer.
 */
const MOST: Readonly<Record<string, number>> = {
  'socket:': 3,
  'pipe:': 12,
  'anon_inode:[eventpoll]': 9,
  'anon_inode:[eventfd]': 7,
  'anon_inode:[pidfd]': 0,
};

/** A shim that is kept from leaving while one looks at what it has open without containers. */
export class IdleShim {
  private constructor(
    private readonly shim: ContainerDocument['shim'],
    private readonly before: ShimSettings,
  ) {}

  /** Those of the containers; one that does not answer is left out. */
  static async of(containers: readonly ContainerDocument[]): Promise<IdleShim[]> {
    const sockets = new Map(containers.map(({ shim }) => [shim.socket, shim]));
    const shims = await Promise.all(
      [...sockets.values()].map(async (shim) => {
        const before = await configure(shim, { logLevel: 'info', idleTimeoutMs: 600_000 });
        return before === undefined ? [] : [new IdleShim(shim, before)];
      }),
    );
    return shims.flat();
  }

  /** Fails if it or its keeper has more open than without containers. */
  async expectNothingOpen(directory: string, ms = 5_000): Promise<void> {
    const { pid, keeperPid } = this.shim;
    const left = (): string[] => [pid, keeperPid].flatMap((of) => surplus(of, directory));
    await until('nothing open', () => left().length === 0, ms).catch((cause: unknown) => {
      throw new Error(`still open after ${ms} ms: ${left().join(', ')}`, { cause });
    });
  }

  /** It may leave now. */
  async release(): Promise<void> {
    await configure(this.shim, { ...this.before, idleTimeoutMs: 100 });
  }
}

/** Resolves to what the settings were; undefined if nobody answers. Rejects if they are refused. */
async function configure(
  { socket }: ContainerDocument['shim'],
  settings: ShimSettings,
): Promise<ShimSettings | undefined> {
  if (socket === undefined) return undefined;
  const outgoing = request({ socketPath: socket, method: 'POST', path: '/v1/settings', agent: false });
  outgoing.end(JSON.stringify(settings));
  const arrival = once(outgoing, 'response').catch(() => undefined);
  const [incoming] = ((await arrival) ?? []) as [IncomingMessage?];
  if (incoming === undefined) return undefined;
  const answer = await text(incoming);
  if (incoming.statusCode !== 200) throw new Error(`settings of the shim at ${socket}: ${answer}`);
  return (JSON.parse(answer) as SettingsDocument).before;
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
