import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';

/** First line that a program prints of its version. */
function version(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0].trim();
}

/** What the figures were taken on. */
export function machine() {
  const distribution = /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  return [
    `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${distribution}, Linux ${release()}, Node ${process.version}`,
    ['runc', 'crun', 'conmon', 'containerd'].map((program) => version(program, '--version')).join(', '),
  ];
}

/** A table in Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Middle of the values. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export const ratio = (value) => `${value.toFixed(2)} ×`;
export const milliseconds = (value) => `${value.toFixed(0)} ms`;
