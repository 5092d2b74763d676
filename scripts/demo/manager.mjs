// The little manager program: starts both containers, reads ten lines of each, and exits. Nothing is left of it then.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { native } from '@holdfast/native';

const LINES = 10;
const { naive, held } = JSON.parse(process.argv[2]);

/** The container writes to a pipe, and the manager alone reads it. */
function startNaive() {
  const [readEnd, writeEnd] = native.pipe(false);
  start(naive, { stdio: ['ignore', writeEnd, writeEnd] });
  closeSync(writeEnd);
  return new Socket({ fd: readEnd });
}

/** The container writes to its shim; the manager reads its log. */
function startHeld() {
  start(held, { stdio: 'inherit' });
  const follower = spawn(held.follow[0], held.follow.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => follower.kill());
  return follower.stdout;
}

function start({ start: [command, ...args] }, options) {
  const { status, error } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `failed with ${status}`}`);
}

async function readLines(name, stream) {
  let count = 0;
  for await (const line of createInterface({ input: stream })) {
    console.log(`${name.padEnd(5)} | ${line}`);
    count += 1;
    if (count === LINES) return;
  }
  throw new Error(`${name}: the output ended after ${count} lines`);
}

const streams = [startNaive(), startHeld()];
await Promise.all([readLines('naive', streams[0]), readLines('held', streams[1])]);
console.log('manager: enough, I leave.');
process.exit(0);
