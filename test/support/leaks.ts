import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.js';

/** Fails unless every process that names `directory` in its command line ends soon. */
export async function expectNoProcesses(directory: string): Promise<void> {
  const left = (): string[] => processesOf(directory);
  await until(`the end of ${left().join(', ')}`, () => left().length === 0);
}

/** Fails if a mount lies below `directory`. */
export function expectNoMounts(directory: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const left = mounts.filter((mount) => mount.split(' ')[1]?.startsWith(directory));
  if (left.length > 0) throw new Error(`mounts left: ${left.join('; ')}`);
}

/** `PID command` of every process whose command line names `text`. */
export function processesOf(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = commandLine(pid);
      return command.includes(text) ? [`${pid} ${command}`] : [];
    });
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
