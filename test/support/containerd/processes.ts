import { readdirSync, readFileSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Shims, containers and what belongs to them: processes that name `directory`, or have a mount below it that we don't have. */
export function processesOfContainerd(directory: string, daemon: number | undefined): FoundProcess[] {
  const ownMounts = read('/proc/self/mountinfo');
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(
      ({ pid, command }) => pid !== process.pid && pid !== daemon && isOf({ pid, command }, directory, ownMounts),
    );
}

/** A zombie is not. */
export function isAlive(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));
}

function isOf({ pid, command }: FoundProcess, directory: string, ownMounts: string): boolean {
  if (command === '') return false;
  if (command.includes(`${directory}/`)) return true;
  const mounts = read(`/proc/${pid}/mountinfo`);
  return mounts !== ownMounts && mounts.includes(`${directory}/`);
}

/** A process may end at any moment. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
