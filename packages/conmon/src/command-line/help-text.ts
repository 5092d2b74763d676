import { FLAGS, type Flag } from './flags.js';

/** What `--help` prints. */
export function helpText(): string {
  const rows = FLAGS.map((flag: Flag) => {
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    const value = flag.value === undefined ? '' : `=${flag.value}`;
    return [`  ${short}--${flag.name}${value}`, flag.help] as const;
  });
  const width = Math.max(...rows.map(([head]) => head.length)) + 2;
  const lines = rows.map(([head, help]) => `${head.padEnd(width)}${help}`);
  return `Usage:\n  holdfast-conmon [OPTION…]\n\nStays with a container for podman and CRI-O, as conmon does.\n\n${lines.join('\n')}\n`;
}
