import { join } from 'node:path';
import type { ContainerRef, StateLayout } from '@holdfast/core';
import { readFile } from 'node:fs/promises';
import type { Options } from '../command-line/options.js';
import { writeFileWhole } from '../exit/write-file.js';

/** How a process ended, as conmon's callers are told. */
export interface Ending {
  /** -1 after a timeout. */
  readonly code: number;
  readonly message?: string;
}

const NAME = 'conmon.json';
const SCHEMA = 1;

/** What the next shimd has to know of a container or exec session. */
export interface MonitorRecord {
  readonly schema: typeof SCHEMA;
  readonly options: Options;
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What stands for conmon. */
  readonly pid: number;
  readonly passthrough: boolean;
  /** Milliseconds since the epoch at which it is killed; undefined: never. */
  readonly deadline?: number;
  /** It was killed because its time was up. */
  readonly timedOut?: boolean;
  /** How it ended: all was told of that, and its exit command has run. */
  readonly ended?: Ending;
}

export function newRecord(parts: Omit<MonitorRecord, 'schema'>): MonitorRecord {
  return { schema: SCHEMA, ...parts };
}

/** In the container's own directory, and gone with it. */
export async function writeRecord(layout: StateLayout, ref: ContainerRef, record: MonitorRecord): Promise<void> {
  await writeFileWhole(pathOf(layout, ref), JSON.stringify(record), 0o600);
}

/** Undefined if there is none: what it was for was not begun. */
export async function readRecord(layout: StateLayout, ref: ContainerRef): Promise<MonitorRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(pathOf(layout, ref), 'utf8')) as MonitorRecord;
    return record.schema === SCHEMA ? record : undefined;
  } catch {
    return undefined;
  }
}

function pathOf(layout: StateLayout, ref: ContainerRef): string {
  return join(layout.container(ref), NAME);
}
