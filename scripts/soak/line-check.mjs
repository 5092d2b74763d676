/** The end of every line. */
export const PADDING = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LINE = new RegExp(`^([oe]) ([0-9]+) ${PADDING}\\r?$`);
const REMARK = /^shimctl: /;
const WHOLE_AT_END = new RegExp(`[oe] [0-9]+ ${PADDING}\\r?$`);

/** The numbers of one stream, as they come. */
export class Sequence {
  lost = 0;
  /** Places at which numbers are missing. */
  holes = 0;
  doubled = 0;
  /** Times that the numbers went back. */
  runs = 0;
  largest = 0;
  #next;
  #previous = -1;
  #run = 0;

  /** `first`: the number it has to begin with; undefined if it may begin anywhere. */
  constructor(first) {
    this.#next = first;
  }

  take(number) {
    this.#next ??= number;
    if (number < this.#next) this.#again(number);
    else this.#fresh(number);
    this.#previous = number;
  }

  /** There should have been so many. */
  end(count) {
    if ((this.#next ?? 0) < count) this.#miss(count);
    return (this.#next ?? 0) - count;
  }

  #again(number) {
    if (this.#run === 0 || number !== this.#previous + 1) {
      this.runs += 1;
      this.#run = 0;
    }
    this.#run += 1;
    this.doubled += 1;
    this.largest = Math.max(this.largest, this.#run);
  }

  #fresh(number) {
    this.#run = 0;
    if (number > this.#next) this.#miss(number);
    this.#next = number + 1;
  }

  #miss(upTo) {
    this.holes += 1;
    this.lost += upTo - (this.#next ?? 0);
    this.#next = upTo;
  }
}

/** Reads one text back that containers have printed: its sequences, what is torn, and what shimctl said itself. */
export class LineCheck {
  torn = [];
  remarks = [];
  /** Beginnings of lines that were shown again with the whole line. */
  begunTwice = 0;
  #rest = '';
  #joined;
  #live;

  /**
   * `marks`: of the sequences in it. `first` as in Sequence. With `joined` the text may begin in the middle of a line. A client is `live`: it sees
   * the beginning of a line before that is logged, and once more from a shimd that comes after a kill.
   */
  constructor({ marks, first, joined = false, live = false }) {
    this.sequences = new Map([...marks].map((mark) => [mark, new Sequence(first)]));
    this.#joined = joined;
    this.#live = live;
  }

  push(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  /** `count`: how many lines each sequence had; undefined if the text was cut off. */
  end(count) {
    const sequences = [...this.sequences.values()];
    if (count !== undefined && this.#rest !== '') this.#line(this.#rest);
    const extra = count === undefined ? 0 : sequences.reduce((sum, each) => sum + Math.max(0, each.end(count)), 0);
    const sum = (key) => sequences.reduce((total, each) => total + each[key], 0);
    return {
      lost: sum('lost'),
      holes: sum('holes'),
      doubled: sum('doubled') + this.begunTwice,
      runs: sum('runs'),
      largest: Math.max(0, ...sequences.map((each) => each.largest)),
      torn: this.torn.length + extra,
    };
  }

  #line(line) {
    const match = LINE.exec(line);
    const sequence = match === null ? undefined : this.sequences.get(match[1]);
    const first = this.#joined;
    this.#joined = false;
    if (sequence !== undefined) sequence.take(Number(match[2]));
    else if (REMARK.test(line)) this.remarks.push(line);
    else if (this.#live && isBegunTwice(line)) {
      this.begunTwice += 1;
      this.#line(WHOLE_AT_END.exec(line)[0]);
    } else if (!first) this.torn.push(line.slice(0, 200));
  }
}

/** The beginning of a line, and then a whole one. */
function isBegunTwice(line) {
  const whole = WHOLE_AT_END.exec(line);
  if (whole === null || whole.index === 0) return false;
  const [, padding] = /^[oe](?: [0-9]*(?:(?<=[0-9]) ([a-z0-9]*))?)?$/.exec(line.slice(0, whole.index)) ?? [
    undefined,
    '-',
  ];
  return PADDING.startsWith(padding ?? '');
}

/** Both outputs of a command that shows what a container has printed; `terminal`: all of it comes on stdout. */
export class Reading {
  #checks;

  constructor({ terminal = false, first, joined, live = false }) {
    const options = { first, joined, live };
    this.#checks = [
      new LineCheck({ marks: terminal ? 'oe' : 'o', ...options }),
      new LineCheck({ marks: terminal ? '' : 'e', ...options }),
    ];
    const [stdout, stderr] = this.#checks;
    this.consumers = { onStdout: (text) => stdout.push(text), onStderr: (text) => stderr.push(text) };
  }

  get torn() {
    return this.#checks.flatMap((check) => check.torn);
  }

  get remarks() {
    return this.#checks.flatMap((check) => check.remarks);
  }

  end(count) {
    const [one, other] = this.#checks.map((check) => check.end(count));
    const sum = Object.fromEntries(Object.keys(one).map((key) => [key, one[key] + other[key]]));
    return { ...sum, largest: Math.max(one.largest, other.largest) };
  }
}
