import { labelValue } from './label-value.js';
import { METRICS, type MetricDescription, type MetricName } from './metric-table.js';

/** `text/plain` as Prometheus wants it. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

/** How many times something was done, and the seconds it took together. */
export interface Timed {
  readonly count: number;
  readonly seconds: number;
}

/** Gathers samples and writes them in Prometheus' text format 0.0.4. */
export class Exposition {
  /** By family, then by name and labels as they are written. */
  readonly #families = new Map<MetricName, Map<string, number>>();

  /** `common`: labels of every sample. */
  constructor(private readonly common: Labels) {}

  /** Adds to the sample of these labels: two that look the same once they are escaped must not be two lines. */
  add(name: MetricName, value: number, labels: Labels = {}): void {
    this.#sample(name, name, labels, value);
  }

  summary(name: MetricName, { count, seconds }: Timed, labels: Labels = {}): void {
    this.#sample(name, `${name}_sum`, labels, seconds);
    this.#sample(name, `${name}_count`, labels, count);
  }

  text(): string {
    return Object.entries(METRICS)
      .map(([name, metric]) => familyText(name, metric, this.#families.get(name as MetricName)))
      .join('');
  }

  #sample(family: MetricName, name: string, labels: Labels, value: number): void {
    let samples = this.#families.get(family);
    if (samples === undefined) this.#families.set(family, (samples = new Map<string, number>()));
    const pairs = Object.entries({ ...this.common, ...labels }).map(([key, text]) => `${key}="${labelValue(text)}"`);
    const key = `${name}{${pairs.join(',')}}`;
    samples.set(key, (samples.get(key) ?? 0) + value);
  }
}

function familyText(name: string, { help, type }: MetricDescription, samples = new Map<string, number>()): string {
  if (samples.size === 0) return '';
  const lines = [...samples].map(([key, value]) => `${key} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
