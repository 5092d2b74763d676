import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import { until } from './until.js';
import type { Workbench } from './workbench.js';

/** A datagram socket in place of the one on which systemd hears of its units. */
export class Unit {
  readonly address: string;
  readonly env: { readonly NOTIFY_SOCKET: string };
  readonly #socket: number;
  readonly #buffer = Buffer.alloc(8192);

  constructor(bench: Workbench) {
    this.address = join(bench.directory, 'unit.sock');
    this.env = { NOTIFY_SOCKET: this.address };
    this.#socket = native.datagramBind(this.address, 0o600);
    onTestFinished(() => closeSync(this.#socket));
  }

  /** The next message. */
  hear(): Promise<string> {
    return until('the unit is told something', () => this.heard());
  }

  /** The next message, if it is there. */
  heard(): string | undefined {
    const length = native.datagramReceive(this.#socket, this.#buffer, false);
    return length === undefined ? undefined : this.#buffer.toString('utf8', 0, length);
  }
}

/** Builds a program `/notify/notify` for containers; the mount that shows it to them. */
export function notifyProgram(bench: Workbench): { source: string; destination: string; readonly: true } {
  const directory = join(bench.directory, 'notify');
  mkdirSync(directory);
  const source = join(import.meta.dirname, '..', 'fixtures', 'notify.c');
  execFileSync('cc', ['-static', '-O1', '-Wall', '-Werror', '-o', join(directory, 'notify'), source]);
  return { source: directory, destination: '/notify', readonly: true };
}
