import { readFileSync, writeFileSync } from 'node:fs';
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

const HEAD =
  '# Results\n\nTaken by `npm run bench`, each section in one run, holdfast and its rivals in turn. Read ratios, not seconds.';
const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const quick = process.argv.includes('--quick');
/** `--only journal,memory`: no others. */
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',') ?? [];

/** Sections in their order. */
const SECTIONS = [
  ['Throughput', (playground) => throughput(playground, quick ? 1e8 : 1e9, quick ? 1 : 3)],
  ['Journal', (playground) => journald(playground, quick ? 2_000 : 30_000, quick ? 1 : 3)],
  ['Memory', (playground) => memory(playground, quick ? [1, 5] : [1, 20, 100])],
  ['Restart', (playground) => restart(playground, quick ? QUICK : RESTARTS)],
  ['Commands', (playground) => commands(playground, quick ? 3 : 15)],
  ['Containerd', () => containerd(quick ? UNDER_CONTAINERD_QUICK : UNDER_CONTAINERD)],
];

const wanted = SECTIONS.filter(([title]) => !process.argv.includes('--only') || only.includes(title.toLowerCase()));
if (wanted.length === 0) throw new Error(`--only takes ${SECTIONS.map(([title]) => title.toLowerCase()).join(', ')}`);

const playground = new Playground();
try {
  const taken = new Map();
  for (const [title, measure] of wanted) {
    taken.set(title, `## ${title}\n\n${await measure(playground)}`);
    console.log(`${taken.get(title)}\n`);
  }
  if (process.argv.includes('--write')) writeResults(taken);
} finally {
  await playground.close();
}

/** Sections that were not taken stay as they are. */
function writeResults(taken) {
  const before = new Map(
    readFileSync(RESULTS, 'utf8')
      .split(/\n(?=## )/)
      .slice(1)
      .map((section) => [/^## (.*)/.exec(section)[1], section.trimEnd()]),
  );
  const about = machine()
    .map((line) => `- ${line}`)
    .join('\n');
  const sections = SECTIONS.map(([title]) => taken.get(title) ?? before.get(title)).filter(Boolean);
  writeFileSync(RESULTS, `${[HEAD, about, ...sections].join('\n\n')}\n`);
}
