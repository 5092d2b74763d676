import { constants } from 'node:fs';
import { access, lstat, readdir, realpath, stat, statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import {
  KEEPER_PATH,
  locateContainers,
  readCrashes,
  StateLayout,
  type Crashes,
  type LocatedContainer,
} from '@holdfast/core/client';
import type { DoctorSystem, FileStatus, KernelProbes, ProgramResult, ShimAnswer, Space } from '../system.js';
import { askShim } from './ask-shim.js';
import { askVarlink } from './ask-varlink.js';
import { MountGuard } from './guard.js';
import { probeKernel } from './probe-kernel.js';
import { readBounded } from './read-bounded.js';
import { runProgram } from './run-program.js';

/** This machine. */
export class RealSystem implements DoctorSystem {
  readonly node = process.versions.node;
  readonly kernel = release();
  readonly platform = `${process.platform}-${process.arch}`;
  readonly uid = process.geteuid?.() ?? -1;
  readonly #guard = new MountGuard();
  #probes: Promise<KernelProbes> | undefined;

  constructor(readonly version: string) {}

  async readText(path: string): Promise<string> {
    await this.#guard.pass(path);
    return readBounded(path);
  }

  async status(path: string): Promise<FileStatus | undefined> {
    await this.#guard.pass(path);
    const found = await lstat(path).catch(unlessMissing);
    if (found === undefined) return undefined;
    const type = (['file', 'directory', 'link', 'socket', 'other'] as const)[
      [found.isFile(), found.isDirectory(), found.isSymbolicLink(), found.isSocket(), true].indexOf(true)
    ];
    return { type: type ?? 'other', mode: found.mode & 0o7777, uid: found.uid };
  }

  async list(path: string): Promise<readonly string[]> {
    await this.#guard.pass(path);
    return (await readdir(path).catch(unlessMissing)) ?? [];
  }

  async space(path: string): Promise<Space> {
    const mount = await this.#guard.pass(path);
    const found = await statfs(path).catch(unlessMissing);
    if (found === undefined) return this.space(dirname(path));
    return {
      at: path,
      type: mount?.type ?? 'unknown',
      source: mount?.source ?? 'unknown',
      bytes: found.blocks * found.bsize,
      freeBytes: found.bavail * found.bsize,
      inodes: found.files,
      freeInodes: found.ffree,
      readOnly: mount?.options.includes('ro') === true,
    };
  }

  async find(program: string): Promise<string | undefined> {
    const inPath = KEEPER_PATH.split(':').map((directory) => join(directory, program));
    const candidates = isAbsolute(program) ? [program] : program.includes('/') ? [] : inPath;
    for (const candidate of candidates) {
      await this.#guard.pass(candidate);
      if (await isExecutable(candidate)) return realpath(candidate);
    }
    return undefined;
  }

  run(program: string, args: readonly string[]): Promise<ProgramResult> {
    return runProgram(program, args);
  }

  probeKernel(): Promise<KernelProbes> {
    return (this.#probes ??= probeKernel());
  }

  async keeper(): Promise<string> {
    const { keeperPath } = await import('@holdfast/native');
    return keeperPath();
  }

  async containers(root: string): Promise<readonly LocatedContainer[]> {
    await this.#guard.pass(root);
    return locateContainers(new StateLayout(root));
  }

  async askShim(root: string, group: string): Promise<ShimAnswer | undefined> {
    await this.#guard.pass(root);
    return askShim(this.socket(root, group), group);
  }

  async crashes(root: string, group: string): Promise<Crashes | undefined> {
    await this.#guard.pass(root);
    return readCrashes(new StateLayout(root), group);
  }

  socket(root: string, group: string): string {
    return new StateLayout(root).apiSocket(group);
  }

  askVarlink(socket: string): Promise<void> {
    return askVarlink(socket);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
