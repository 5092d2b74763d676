import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Where shims make their sockets, those of every containerd of the machine. */
const DIRECTORY = '/run/containerd/s';
const BEFORE = new Set(files());

/** Sockets of shims on which one of `pids` listens, or, since this program runs, nobody any more. */
export function socketsOf(pids: readonly number[]): string[] {
  const listeners = new Map(listening().map(({ inode, path }) => [path, inode]));
  const open = new Set(pids.flatMap(socketInodes));
  return files().filter((path) => {
    const inode = listeners.get(path);
    return inode === undefined ? !BEFORE.has(path) : open.has(inode);
  });
}

function files(): string[] {
  return existsSync(DIRECTORY) ? readdirSync(DIRECTORY).map((name) => join(DIRECTORY, name)) : [];
}

/** A listener has the flag 10000; its accepted connections have the same path. */
function listening(): { inode: string; path: string }[] {
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, , , flags, , , inode = '', path = ''] = line.trim().split(/\s+/);
    return flags === '00010000' ? [{ inode, path }] : [];
  });
}

function socketInodes(pid: number): string[] {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return links.flatMap((link) => /^socket:\[([0-9]+)\]$/.exec(link)?.[1] ?? []);
  } catch {
    return [];
  }
}
