import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

it('goes on behind what a full disk has cut off, and what an earlier version has written', () => {
  const earlier = '[["c/1",7,137,"1700000000",42],["c/3",7,137,"1700000000",42]]';
  for (const found of [earlier, `["c/1",7,137,"1700000000",42]\n["c/3",7,137,"1700000000",42]\n["c/5",7`]) {
    writeFileSync(file, found);
    const answers = new RememberedAnswers(file);
    for (const call of ['c/7', 'c/9']) answers.remember(call, ANSWER);
    const next = new RememberedAnswers(file);
    for (const call of ['c/1', 'c/3', 'c/7', 'c/9']) expect(next.find(call)).toEqual(ANSWER);
    expect(next.find('c/5')).toBeUndefined();
  }
});

it('keeps its file small', () => {
  const answers = new RememberedAnswers(file);
  for (let i = 0; i < 5_000; i += 1) answers.remember(`c/${i}`, ANSWER);
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(1_025);
  expect(new RememberedAnswers(file).find('c/4999')).toEqual(ANSWER);
});

it('takes a file that was cut off for none', () => {
  writeFileSync(file, '[["c/1",7');
  expect(new RememberedAnswers(file).find('c/1')).toBeUndefined();
});
