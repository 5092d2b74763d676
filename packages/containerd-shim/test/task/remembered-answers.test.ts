import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RememberedAnswers } from '../../src/task/remembered-answers.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hf-answers-'));
  file = join(directory, 'answers.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const ANSWER = { pid: 7, exitStatus: 137, exitedAt: { seconds: 1_700_000_000n, nanos: 42 } };

it('is known to the next shimd', () => {
  new RememberedAnswers(file).remember('c/1', ANSWER);
  const next = new RememberedAnswers(file);
  expect(next.find('c/1')).toEqual(ANSWER);
  expect(next.find('c/3')).toBeUndefined();
});

it('remembers the last 256', () => {
  const answers = new RememberedAnswers(file);
  for (let i = 0; i < 300; i += 1) answers.remember(`c/${i}`, ANSWER);
  const next = new RememberedAnswers(file);
  expect(next.find('c/43')).toBeUndefined();
  expect(next.find('c/44')).toEqual(ANSWER);
});

it('takes a file that was cut off for none', () => {
  writeFileSync(file, '[["c/1",7');
  expect(new RememberedAnswers(file).find('c/1')).toBeUndefined();
});
