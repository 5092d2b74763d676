import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { conmonRun, holdfastRun, lower, timed } from './lib/printers.mjs';
import { SHAPES, writeShape } from './lib/shapes.mjs';
import { ratio, table } from './lib/report.mjs';

/** Of a log that nothing rotates. */
const WHOLE = 'maxSize=100g,maxFiles=1';

/** What a turn measures: seconds of wall time and, of shims, of CPU time. */
const WAYS = {
  pipe: (place) => catTo(place, 'cat "$1" | cat > "$2"'),
  file: (place) => catTo(place, 'cat "$1" > "$2"'),
  cri: (place) => holdfastRun(place, `file,format=cri,${WHOLE}`),
  raw: (place) => holdfastRun(place, `file,format=raw,${WHOLE}`),
  conmon: (place) => conmonRun(place),
};

const HEAD = [
  'lines',
  'conmon / CRI',
  'CRI / `cat`',
  'raw / `cat`',
  '`cat`, no pipe',
  'CPU, CRI / conmon',
  'memory, first, later',
];
const LEGEND = [
  'Wall time until the log is complete, less that of a container that prints nothing; conmon writes its k8s-file. `cat` is `cat lines | cat > file`,',
  'and `cat lines > file` is shown against it. CPU seconds are those of shimd and of conmon. Memory is what shimd has more (PSS, MiB) at full speed,',
  'the first time and later. Each is the best of several turns. Aims: at least 5; at most 1.3, 1.1, –, 0.33 and 1 MiB. A CRI file of blank lines is 41',
  'times as large as they are.',
].join('\n');

/** Containers that print lines of several kinds: holdfast, conmon, and `cat` for scale, in one run. */
export async function throughput(playground, bytes, turns = 3) {
  const nothing = await measure(playground, { line: '\n', bytes: 0 }, turns);
  const rows = [];
  for (const shape of SHAPES) {
    const { best, memory } = await measure(playground, { ...shape, bytes: Math.ceil(bytes / shape.growth) }, turns);
    rows.push(rowOf(shape.name, { best, idle: nothing.best, memory }));
  }
  return [table(HEAD, rows), LEGEND].join('\n\n');
}

async function measure(playground, shape, turns) {
  const input = join(playground.directory, 'lines');
  writeShape(input, shape, shape.bytes);
  const mounts = [{ source: input, destination: '/lines', readonly: true }];
  const place = { playground, input, bundle: playground.bundle('printer', ['cat', '/lines'], mounts) };
  const best = {};
  const memory = [];
  // All ways in each turn, so that they meet the same machine; the first warms it up.
  for (let turn = 0; turn <= turns; turn += 1)
    for (const [way, run] of Object.entries(WAYS)) {
      const used = await run(place);
      if (turn > 0) best[way] = lower(best[way] ?? used, used);
      if (way === 'cri') memory.push(used.memory);
    }
  rmSync(input);
  return { best, memory };
}

function rowOf(name, { best: { pipe, file, cri, raw, conmon }, idle, memory: [first, ...later] }) {
  const wall = (used, nothing) => used.wall - nothing.wall;
  const cat = wall(pipe, idle.pipe);
  return [
    name,
    ratio(wall(conmon, idle.conmon) / wall(cri, idle.cri)),
    ratio(wall(cri, idle.cri) / cat),
    ratio(wall(raw, idle.raw) / cat),
    ratio(wall(file, idle.file) / cat),
    ratio((cri.cpu - idle.cri.cpu) / (conmon.cpu - idle.conmon.cpu)),
    `${first.toFixed(2)}, ${Math.max(...later).toFixed(2)}`,
  ];
}

async function catTo({ playground, input }, script) {
  const output = join(playground.directory, 'cat');
  const wall = await timed(() => once(spawn('sh', ['-c', script, 'sh', input, output], { stdio: 'ignore' }), 'close'));
  rmSync(output);
  return { wall };
}
