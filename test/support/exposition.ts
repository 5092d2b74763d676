/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const META = /^# (HELP|TYPE) ([^ ]+) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|[+-]Inf)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { summary: ['_sum', '_count'] };

/**
 * Reads the text format 0.0.4 as strictly as its description allows, and more: every family has HELP and TYPE, stands in one piece and once,
 * a counter ends in _total and is not negative, a summary has sum and count, no two samples are the same. Throws with the line.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not ended');
  const reader = new Reader();
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    try {
      reader.read(line);
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}: ${line}`, { cause: error });
    }
  }
  for (const [name, family] of reader.families) checkFamily(name, family);
  return reader.families;
}

/** The value of the one sample with this name and these labels, among others. */
export function valueOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const fits = (sample: Sample): boolean =>
    sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
  const found = [...parseExposition(text).values()].flatMap(({ samples }) => samples.filter(fits));
  if (found.length > 1) throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value;
}

class Reader {
  readonly families = new Map<string, Family>();
  readonly #seen = new Set<string>();
  #help: { name: string; text: string } | undefined;
  #current: { name: string; family: Family } | undefined;

  read(line: string): void {
    const [, keyword, name = '', rest = ''] = META.exec(line) ?? [];
    if (keyword === 'HELP') this.#readHelp(name, rest);
    else if (keyword === 'TYPE') this.#readType(name, rest);
    else this.#readSample(line);
  }

  #readHelp(name: string, text: string): void {
    must(NAME.test(name), 'no name');
    must(!this.families.has(name), 'a second HELP');
    must(/^(?:[^\\]|\\[\\n])*$/.test(text), 'an unknown escape');
    this.#help = { name, text };
    this.#current = undefined;
  }

  #readType(name: string, type: string): void {
    must(this.#help?.name === name, 'TYPE without its HELP');
    must(TYPES.has(type), 'no type');
    const family = { type, help: this.#help?.text ?? '', samples: [] };
    this.families.set(name, family);
    this.#current = { name, family };
  }

  #readSample(line: string): void {
    const [, name = '', labelText = '', number = ''] = SAMPLE.exec(line) ?? [];
    must(name !== '', 'no sample');
    must(this.#current !== undefined, 'a sample outside of its family');
    const { name: base, family } = this.#current as { name: string; family: Family };
    must(
      (SUFFIXES[family.type] ?? ['']).some((suffix) => name === `${base}${suffix}`),
      `not of ${base}`,
    );
    const labels = parseLabels(labelText);
    const key = JSON.stringify([name, Object.entries(labels).sort()]);
    must(!this.#seen.has(key), 'the same sample again');
    this.#seen.add(key);
    family.samples.push({ name, labels, value: Number(number.replace('Inf', 'Infinity')) });
  }
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  let more = text !== '';
  while (more) {
    const [, name = '', value = '', end] = LABEL.exec(text) ?? [];
    must(name !== '' && !name.startsWith('__'), 'no label');
    must(!Object.hasOwn(labels, name), 'the same label twice');
    labels[name] = value.replace(/\\(.)/g, (_all, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    more = end === ',';
    must(more || LABEL.lastIndex === text.length, 'something after the labels');
  }
  return labels;
}

function checkFamily(name: string, { type, samples }: Family): void {
  must(samples.length > 0, `${name}: no samples`);
  if (type === 'counter') must(name.endsWith('_total'), `${name}: a counter without _total`);
  if (type !== 'gauge')
    must(
      samples.every(({ value }) => value >= 0 && value < Infinity),
      `${name}: not a count`,
    );
  if (type !== 'summary') return;
  const count = (suffix: string): number => samples.filter((sample) => sample.name === `${name}${suffix}`).length;
  must(count('_sum') === count('_count'), `${name}: a sum without a count`);
}

function must(so: boolean, otherwise: string): void {
  if (!so) throw new Error(otherwise);
}
