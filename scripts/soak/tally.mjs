const LINE_FIGURES = ['lost', 'torn', 'doubled', 'runs'];

/** The figures of a run. */
export class Tally {
  containers = { started: 0, lost: 0 };
  codes = { checked: 0, wrong: 0 };
  /** Lines of logs that were read back, and of clients that had to get all of them. */
  lines = { checked: 0, lost: 0, torn: 0, doubled: 0, runs: 0, largest: 0 };
  /** What clients that had joined missed while they were being connected again, which they may. */
  missed = 0;
  commands = { failed: 0, excused: 0 };
  processes = { zombies: 0, strays: 0 };
  kills = { fault: 0, moment: 0, runtime: 0, client: 0, keeper: 0 };
  points = new Map();
  /** What makes the run fail, in words. */
  details = [];

  constructor(recorder, points) {
    this.recorder = recorder;
    for (const point of points) this.points.set(point, 0);
  }

  /** Containers that are not there any more, or not as they should be. */
  lostContainer(id, why) {
    this.containers.lost += 1;
    this.#tell('lost-container', `${id}: ${why}`, { id, why });
  }

  code(what, expected, got) {
    this.codes.checked += 1;
    if (String(got) === String(expected)) return;
    this.codes.wrong += 1;
    this.#tell('wrong-code', `${what}: code ${got}, not ${expected}`, { what, expected, got });
  }

  /** `reading` had to bring all lines, `count` of each stream. */
  whole(what, reading, count) {
    this.lines.checked += 2 * count;
    this.#add(what, reading, { count, figures: reading.end(count) });
  }

  /** `reading` was cut off, and had to bring all lines until then. */
  prefix(what, reading) {
    this.#add(what, reading, { figures: reading.end() });
  }

  /** `reading` was cut off, and may lack lines at as many places as it says itself. */
  joined(what, reading) {
    const { lost, torn, ...figures } = reading.end();
    const allowed = figures.holes <= 2 * reading.remarks.length;
    if (allowed) this.missed += lost;
    this.#add(what, reading, { figures: { ...figures, lost: allowed ? 0 : lost, torn: 0 }, missed: lost, cut: torn });
  }

  #tell(type, words, fields) {
    this.details.push(words);
    this.recorder.emit(type, fields);
  }

  #add(what, reading, { figures, ...more }) {
    if (figures.lost + figures.torn > 0) this.details.push(`${what}: ${figures.lost} lines lost, ${figures.torn} torn`);
    for (const key of LINE_FIGURES) this.lines[key] += figures[key];
    this.lines.largest = Math.max(this.lines.largest, figures.largest);
    this.recorder.emit('lines', { what, ...more, ...figures, torn: reading.torn.slice(0, 3) });
  }

  failed(what, error) {
    this.commands.failed += 1;
    const words = String(error?.stack ?? error).slice(0, 2000);
    this.#tell('failed', `${what}: ${words.split('\n').slice(0, 3).join(' | ')}`, { what, error: words });
  }

  /** The runtime command behind it was killed: it had to fail. */
  excused(what, said) {
    this.commands.excused += 1;
    this.recorder.emit('excused', { what, said: said.slice(0, 500) });
  }

  kill(kind, fields) {
    this.kills[kind] += 1;
    if (fields.point !== undefined) this.points.set(fields.point, this.points.get(fields.point) + 1);
    this.recorder.emit('kill', { kind, ...fields });
  }
}
