import { parseArgs } from 'node:util';
import { MUTANTS } from '../lib/mutants.mjs';
import { Complaint } from '../lib/run.mjs';

const OPTIONS = {
  minutes: { type: 'string', default: '20' },
  containers: { type: 'string', default: '50' },
  seed: { type: 'string' },
  runtime: { type: 'string', default: 'runc' },
  out: { type: 'string' },
  mutant: { type: 'string' },
  points: { type: 'string' },
  hits: { type: 'string' },
  'no-build': { type: 'boolean', default: false },
  'no-install': { type: 'boolean', default: false },
};

/** Reads the command line of `npm run soak`; a mistake is a Complaint. `points`: the fault points, once they are known. */
export function parseOptions(args, points) {
  const given = read(args);
  return {
    minutes: positive(given.minutes, '--minutes'),
    containers: whole(given.containers, '--containers'),
    seed: given.seed ?? String(Date.now() % 1_000_000),
    runtime: oneOf(given.runtime, ['runc', 'crun'], '--runtime'),
    out: given.out,
    mutant: given.mutant === undefined ? undefined : oneOf(given.mutant, Object.keys(MUTANTS), '--mutant'),
    points: chosen(given.points, points),
    hits: given.hits === undefined ? 1 : whole(given.hits, '--hits'),
    build: !given['no-build'],
    install: !given['no-install'],
  };
}

function read(args) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new Complaint(
      `${error.message}\nnpm run soak takes ${Object.keys(OPTIONS)
        .map((name) => `--${name}`)
        .join(', ')}: see docs/soak.md.`,
    );
  }
}

function chosen(text, points) {
  if (text === undefined || points === undefined) return points;
  return text.split(',').map((name) => oneOf(name, points, '--points'));
}

function positive(text, name) {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new Complaint(`${name}: ${JSON.stringify(text)} is no number above 0`);
  return value;
}

function whole(text, name) {
  if (!/^[1-9][0-9]{0,4}$/.test(text))
    throw new Complaint(`${name}: ${JSON.stringify(text)} is no whole number from 1 to 99999`);
  return Number(text);
}

function oneOf(text, names, option) {
  if (!names.includes(text)) throw new Complaint(`${option}: ${JSON.stringify(text)} is none of ${names.join(', ')}`);
  return text;
}
