/** What the keeper and shimd may use more at the end than at the beginning. */
export const BOUNDS = {
  keeper: { descriptors: 0, memory: 2 },
  // A lane makes the pipe and the poll that it moves records with when a container first prints much.
  shimd: { descriptors: 5, memory: 64 },
};

/** The lines of the table, and what makes the run fail: nothing if it is empty. */
export function report(tally, stocks, { points, hits }) {
  const { containers, codes, lines, commands, processes, missed } = tally;
  const rows = [
    ['containers lost', containers.lost, `of ${containers.started}`, true],
    ['lines lost', lines.lost, `of ${lines.checked}`, true],
    ['lines torn', lines.torn, '', true],
    ['lines doubled', lines.doubled, `in ${lines.runs} runs of at most ${lines.largest}`, false],
    ['lines that attached clients missed', missed, 'while shimd was away', false],
    ['wrong codes', codes.wrong, `of ${codes.checked}`, true],
    ['commands failed', commands.failed, `and ${commands.excused} whose runtime command was killed or gave up`, true],
    ['zombies of the keeper', processes.zombies, '', true],
    ['strays of the keeper', processes.strays, '', true],
  ];
  const failures = rows
    .filter(([, value, , counts]) => counts && value !== 0)
    .map(([name, value]) => `${name}: ${value}`);
  const reached = points.map((point) => [point, tally.points.get(point)]);
  for (const [point, count] of reached)
    if (count < hits) failures.push(`fault point ${point}: hit ${count} times, not ${hits}`);
  const used = usage(stocks);
  failures.push(...used.failures);
  return { lines: [...table(rows), '', ...used.lines, '', ...kills(tally, reached)], failures };
}

function table(rows) {
  return rows.map(([name, value, remark]) => `${name.padEnd(36)}${String(value).padStart(9)}  ${remark}`);
}

/** `stocks`: before, after the storm, after the calm; the keeper is the same in all, shimd in the last two. */
function usage({ before, stormy, calm }) {
  const lines = [];
  const failures = [];
  for (const name of ['keeper', 'shimd'])
    for (const [what, unit] of [
      ['descriptors', ''],
      ['memory', ' MiB'],
    ]) {
      const values = [before, stormy, calm].map((stock) => stock?.[name][what] ?? NaN);
      const bound = BOUNDS[name][what];
      lines.push(
        `${`${name}, ${what}`.padEnd(36)}${values.map((value) => value.toFixed(what === 'memory' ? 1 : 0)).join(' → ')}${unit}  (bound: +${bound})`,
      );
      // Commands of killed clients may go on for a while after the storm.
      const grown =
        what === 'descriptors' ? values[2] - values[0] : Math.max(values[1] - values[0], values[2] - values[0]);
      // NaN, where nothing could be measured, is over every bound.
      if (!(grown <= bound)) failures.push(`${name}, ${what}: grown by ${grown.toFixed(1)}${unit}, bound ${bound}`);
    }
  return { lines, failures };
}

function kills({ kills: { fault, moment, runtime, client, keeper } }, reached) {
  const counts = reached.map(([, count]) => count);
  return [
    `killed: shimd ${fault} times at fault points and ${moment} times at random moments, ${runtime} runtime commands, ${client} clients, the keeper ${keeper} times`,
    `fault points, ${Math.min(...counts)} to ${Math.max(...counts)} hits: ${reached.map(([point, count]) => `${point} ${count}`).join(', ')}`,
  ];
}
