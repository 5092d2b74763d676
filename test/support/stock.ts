import { readdirSync, readFileSync } from 'node:fs';

/** What a process uses; memory in MiB. */
export interface Stock {
  readonly rss: number;
  readonly pss: number;
  /** What is its own and in no file: heaps, above all. */
  readonly anonymous: number;
  readonly descriptors: number;
}

export function stockOf(pid: number): Stock {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024;
  return {
    rss: mebibytes('Rss'),
    pss: mebibytes('Pss'),
    anonymous: mebibytes('Anonymous'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

export function describeStock({ rss, pss, anonymous, descriptors }: Stock): string {
  const [all, shared, own] = [rss, pss, anonymous].map((each) => each.toFixed(1));
  return `RSS ${all}, PSS ${shared}, anonymous ${own} MiB, ${descriptors} descriptors`;
}
