import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from './commands.mjs';
import { containerd } from './containerd.mjs';
import { journald } from './journald.mjs';
import { Playground } from './lib/playground.mjs';
import { machine } from './lib/report.mjs';
import { memory } from './memory.mjs';
import { restart } from './restart.mjs';
import { throughput } from './throughput.mjs';

const RESTARTS = [
  { containers: 1, groups: 9 },
  { containers: 20, groups: 3 },
  { containers: 100, groups: 1 },
];
const QUICK = [{ containers: 1, groups: 3 }];

/** Another runtime than ours is for trying the benchmark itself. */
const RUNTIME = process.env.HOLDFAST_BENCH_RUNTIME ?? 'io.containerd.holdfast.v1';
const UNDER_CONTAINERD = { runtime: RUNTIME, rounds: 15, counts: [1, 10, 50] };
const UNDER_CONTAINERD_QUICK = { runtime: RUNTIME, rounds: 3, counts: [1, 5] };

const quick = process.argv.includes('--quick');
const playground = new Playground();
try {
  const parts = [
    '# Results\n\nTaken by `npm run bench`, holdfast and its rivals in one run. Read ratios, not seconds.',
    machine()
      .map((line) => `- ${line}`)
      .join('\n'),
    `## Throughput\n\n${await throughput(playground, quick ? 1e8 : 1e9, quick ? 1 : 3)}`,
    `## Journal\n\n${await journald(playground, quick ? 2_000 : 30_000, quick ? 1 : 3)}`,
    `## Memory\n\n${await memory(playground, quick ? [1, 5] : [1, 20, 100])}`,
    `## Restart\n\n${await restart(playground, quick ? QUICK : RESTARTS)}`,
    `## Commands\n\n${await commands(playground, quick ? 3 : 15)}`,
    `## Under containerd\n\n${await containerd(quick ? UNDER_CONTAINERD_QUICK : UNDER_CONTAINERD)}`,
  ];
  const report = `${parts.join('\n\n')}\n`;
  process.stdout.write(report);
  if (process.argv.includes('--write')) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), report);
} finally {
  await playground.close();
}
