import { describe, expect, test } from 'vitest';
import { parseExposition, valueOf } from '../../../../test/support/exposition.js';
import { Exposition } from '../../src/metrics/exposition.js';
import { labelValue } from '../../src/metrics/label-value.js';
import { METRICS } from '../../src/metrics/metric-table.js';

const HOSTILE = 'a"b\\c\nd\r\u001b[2J\u0000\u009b\u202e{x="y"} 1 # HELP \ud800';

describe('an exposition', () => {
  test('is empty without samples', () => {
    expect(new Exposition({ group: 'g' }).text()).toBe('');
  });

  test('is what Prometheus reads, in the order of the table', () => {
    const exposition = new Exposition({ group: 'g' });
    exposition.summary('holdfast_container_exec_start_seconds', { count: 2, seconds: 0.5 }, { container: 'c1' });
    exposition.add('holdfast_containers', 3, { state: 'running' });
    expect(exposition.text()).toBe(
      [
        '# HELP holdfast_containers Containers by state.',
        '# TYPE holdfast_containers gauge',
        'holdfast_containers{group="g",state="running"} 3',
        '# HELP holdfast_container_exec_start_seconds Exec sessions that were started, and the time until the runtime had started them.',
        '# TYPE holdfast_container_exec_start_seconds summary',
        'holdfast_container_exec_start_seconds_sum{group="g",container="c1"} 0.5',
        'holdfast_container_exec_start_seconds_count{group="g",container="c1"} 2',
        '',
      ].join('\n'),
    );
  });

  test('holds hostile labels in their quotes, with nothing that steers a terminal', () => {
    const exposition = new Exposition({ group: HOSTILE });
    exposition.add('holdfast_lost_records_total', 7);
    // As it comes over a socket.
    const text = Buffer.from(exposition.text()).toString();
    const [sample] = parseExposition(text).get('holdfast_lost_records_total')?.samples ?? [];
    const shown = 'a"b\\c\nd\ufffd\ufffd[2J\ufffd\ufffd\ufffd{x="y"} 1 # HELP \ufffd';
    expect(sample).toEqual({ name: 'holdfast_lost_records_total', labels: { group: shown }, value: 7 });
    // eslint-disable-next-line no-control-regex -- none may be left
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('adds up samples whose labels look the same in the end', () => {
    const exposition = new Exposition({ group: 'g' });
    const reason = 'x'.repeat(500);
    exposition.add('holdfast_container_lost_records_total', 1, { reason: `${reason}1` });
    exposition.add('holdfast_container_lost_records_total', 2, { reason: `${reason}2` });
    expect(valueOf(exposition.text(), 'holdfast_container_lost_records_total')).toBe(3);
  });

  test('has numbers of every size', () => {
    const exposition = new Exposition({});
    const values = [0, 1e-9, 2 ** 53, 1e21, 0.1 + 0.2];
    for (const [i, value] of values.entries()) exposition.add('holdfast_containers', value, { state: String(i) });
    const samples = parseExposition(exposition.text()).get('holdfast_containers')?.samples ?? [];
    expect(samples.map(({ value }) => value)).toEqual(values);
  });
});

test('a label is bounded', () => {
  expect(labelValue('x'.repeat(10_000))).toHaveLength(200);
});

test('every metric has a help of one line and a name as Prometheus wants it', () => {
  for (const [name, { help, type }] of Object.entries(METRICS)) {
    expect(help, name).toMatch(/^[^\\\n]+\.$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
  }
});

describe('the parser of the tests', () => {
  const HEAD = '# HELP a_total Help.\n# TYPE a_total counter\n';
  test.each([
    ['an end without a line feed', `${HEAD}a_total 1`],
    ['a sample without a family', 'a_total 1\n'],
    ['a TYPE without HELP', '# TYPE a_total counter\na_total 1\n'],
    ['a family twice', `${HEAD}a_total 1\n${HEAD}a_total{b="c"} 1\n`],
    ['a sample of another family', `${HEAD}b_total 1\n`],
    ['a sample twice', `${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
    ['an unknown escape', `${HEAD}a_total{x="\\t"} 1\n`],
    ['a quote that is not escaped', `${HEAD}a_total{x="a"b"} 1\n`],
    ['a label twice', `${HEAD}a_total{x="1",x="1"} 1\n`],
    ['a value that is none', `${HEAD}a_total x\n`],
    ['a negative counter', `${HEAD}a_total -1\n`],
    ['an empty family', HEAD],
    ['a counter without _total', '# HELP a Help.\n# TYPE a counter\na 1\n'],
    ['a sum without a count', '# HELP a Help.\n# TYPE a summary\na_sum 1\n'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
    expect(parseExposition(`${HEAD}a_total{x="1"} 1\n`).size).toBe(1);
  });
});
