import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { Complaint } from '../lib/run.mjs';

const CHECK_EVERY_MS = 100;
const colourful = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

/** What the demo says, runs and claims. Every claim is checked; the first that fails ends the demo. */
export class Show {
  #steps = 0;

  /** @param {AbortSignal} signal ends the command that runs and every wait */
  constructor(signal) {
    this.signal = signal;
  }

  step(text) {
    this.#steps += 1;
    console.log(`\n${paint(1, `${this.#steps}. ${text}`)}`);
  }

  lines(text) {
    for (const line of text.trimEnd().split('\n')) console.log(`   ${line}`);
  }

  claim(text, holds, detail = '') {
    if (!holds) throw new Complaint(`not true: ${text}${detail === '' ? '' : `\n${detail}`}`);
    console.log(`   ${paint(32, '✓')} ${text}`);
  }

  /** Prints the command, runs it, prints its output and resolves to its stdout; any exit code but 0 ends the demo. */
  async run(command, args) {
    console.log(`   ${paint(36, `$ ${[command, ...args].map(quoted).join(' ')}`)}`);
    const { code, stdout, stderr } = await capture(command, args, { signal: this.signal });
    if (stdout + stderr !== '') this.lines(stdout + stderr);
    if (code !== 0) throw new Complaint(`${command}: failed with exit code ${code}`);
    return stdout;
  }

  /** As `run`, without a word. */
  async quietly(command, args) {
    const { code, stdout, stderr } = await capture(command, args, { signal: this.signal });
    if (code !== 0) throw new Complaint(`${[command, ...args].join(' ')}: failed with exit code ${code}\n${stderr}`);
    return stdout;
  }

  /** Waits until `condition` gives something true, and returns that. */
  async until(what, timeoutMs, condition) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = await condition();
      if (value) return value;
      if (Date.now() > deadline) throw new Complaint(`not true: ${what} (waited ${timeoutMs / 1000} s)`);
      await delay(CHECK_EVERY_MS, undefined, { signal: this.signal });
    }
  }
}

/** Runs a program to its end; resolves to its exit code (null for a signal) and what it wrote. */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

function quoted(argument) {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function paint(code, text) {
  return colourful ? `\x1b[${code}m${text}\x1b[0m` : text;
}
