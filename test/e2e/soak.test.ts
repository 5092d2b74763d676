import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LineCheck } from '../../scripts/soak/line-check.mjs';
import { scratchDirectory } from '../support/scratch-directory.js';

const SOAK = join(import.meta.dirname, '../../scripts/soak/main.mjs');
const PADDING = 'abcdefghijklmnopqrstuvwxyz0123456789';

function soak(args: readonly string[]): Promise<{ exitCode?: number; all?: string }> {
  const always = ['--no-build', '--no-install', '--seed', '1'];
  return execa('node', [SOAK, ...always, ...args], { all: true, reject: false, stdin: 'ignore' });
}

/** What was wrong first: who prints a failure may cut it off. */
function told(all = ''): string {
  const at = all.indexOf('holdfast: ');
  return at === -1 ? all : `${all.slice(at)}\n${all.slice(0, at)}`;
}

describe('the soak', () => {
  it('loses nothing, and tells of every kill', async () => {
    const out = join(scratchDirectory(), 'events');
    const points = 'create,log-write,exit-recorded,exec-started';
    const { exitCode, all } = await soak(['--minutes', '0.15', '--containers', '3', '--points', points, '--out', out]);
    expect(exitCode, told(all)).toBe(0);
    expect(all).toContain('Nothing is lost.');
    const events = readFileSync(out, 'utf8').trimEnd().split('\n');
    const kills = events.map((line) => JSON.parse(line) as { type: string; point?: string; kind?: string });
    const killed = (point: string): unknown => kills.find((kill) => kill.type === 'kill' && kill.point === point);
    for (const point of points.split(',')) expect(killed(point), point).toMatchObject({ kind: 'fault' });
    expect(kills.filter((kill) => kill.kind === 'keeper')).not.toEqual([]);
  }, 120_000);

  it('notices lines that are lost by a shimd that takes output from the pipe before it is written', async () => {
    const mutant = ['--mutant', 'commit-first', '--points', 'log-commit'];
    const { exitCode, all } = await soak(['--minutes', '0.05', '--containers', '2', ...mutant]);
    expect(exitCode, told(all)).toBe(1);
    expect(all).toMatch(/the soak has failed:\n( {2}.*\n)*? {2}lines lost: [1-9]/);
  }, 120_000);

  it('refuses what it does not understand, and runs nothing', async () => {
    const { exitCode, all } = await soak(['--points', 'nowhere']);
    expect(exitCode).toBe(1);
    expect(all).toContain('holdfast: --points: "nowhere" is none of intent-recorded, create,');
  });
});

describe('the check of numbered lines', () => {
  const text = (...numbers: number[]): string => numbers.map((n) => `o ${n} ${PADDING}\n`).join('');

  it.each([
    ['nothing', text(0, 1, 2, 3), {}],
    ['lines in the middle', text(0, 3), { lost: 2, holes: 1 }],
    ['the first lines', text(2, 3), { lost: 2, holes: 1 }],
    ['the last lines', text(0, 1), { lost: 2, holes: 1 }],
    ['everything', '', { lost: 4, holes: 1 }],
    ['nothing, and has some twice', text(0, 1, 2, 1, 2, 3), { doubled: 2, runs: 1, largest: 2 }],
    ['nothing, and has some three times', text(0, 1, 2, 1, 2, 1, 2, 3), { doubled: 4, runs: 2, largest: 2 }],
    ['one that is torn', `o 0 ${PADDING}\no 1 abc\n${text(2, 3)}`, { torn: 1, lost: 1, holes: 1 }],
    ['nothing, and has one too many', text(0, 1, 2, 3, 4), { torn: 1 }],
  ])('tells of a text that lacks %s', (_, given, figures) => {
    const check = new LineCheck({ marks: 'o', first: 0 });
    for (const part of [given.slice(0, 25), given.slice(25)]) check.push(part);
    expect(check.end(4)).toEqual({ lost: 0, holes: 0, doubled: 0, runs: 0, largest: 0, torn: 0, ...figures });
  });

  it('reads what a terminal shows, and of a text that was cut off the lines that are whole', () => {
    const check = new LineCheck({ marks: 'oe', joined: true });
    check.push(`5 abc\r\no 7 ${PADDING}\r\ne 7 ${PADDING}\r\nshimctl: a remark\no 9 ${PADDING}\r\no 10 ab`);
    expect(check.end()).toMatchObject({ lost: 1, torn: 0 });
    expect(check.remarks).toEqual(['shimctl: a remark']);
  });

  it.each([
    ['o 1 abc', { doubled: 1 }, {}],
    [`o 1 ${PADDING}`, { doubled: 1 }, {}],
    ['o', { doubled: 1 }, {}],
    ['o 1 abd', { torn: 1, lost: 1, holes: 1 }, {}],
    ['x 1 abc', { torn: 1, lost: 1, holes: 1 }, {}],
    ['o 1 abc', { torn: 1, lost: 1, holes: 1 }, { live: false }],
  ])('takes %s before its whole line for what a client sees again', (begun, figures, options) => {
    const check = new LineCheck({ marks: 'o', first: 0, live: true, ...options });
    check.push(`o 0 ${PADDING}\n${begun}o 1 ${PADDING}\no 2 ${PADDING}\n`);
    expect(check.end(3)).toEqual({ lost: 0, holes: 0, doubled: 0, runs: 0, largest: 0, torn: 0, ...figures });
  });
});
