import { isAbsolute, join, resolve } from 'node:path';
import type { TerminalSize } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { isObject, readJsonObject } from './read-file.js';
import { resolveUser, type OciUser } from './resolve-user.js';

/** What an exec takes over from the container's own process. */
const INHERITED = [
  'user',
  'env',
  'cwd',
  'capabilities',
  'noNewPrivileges',
  'rlimits',
  'apparmorProfile',
  'selinuxLabel',
] as const;

/** What the command line says about the process. */
export interface ExecRequest {
  /** The command; empty to take it from the process file. */
  readonly args: readonly string[];
  /** Each `KEY=VALUE`. */
  readonly env: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  /** It gets a terminal, of this size and of this type (TERM). */
  readonly terminal?: { readonly size?: TerminalSize | undefined; readonly type?: string | undefined };
  /** A file holding an OCI `process` object, used in place of the container's own process. Absolute. */
  readonly processFile?: string;
}

/** The OCI `process` object of an exec in the container whose bundle is given. */
export async function buildExecProcess(bundle: string, request: ExecRequest): Promise<Record<string, unknown>> {
  const spec = await readJsonObject(join(bundle, 'config.json'), {
    missing: 'SHIM_SPEC_NOT_FOUND',
    invalid: 'SHIM_SPEC_INVALID',
  });
  const base = request.processFile === undefined ? inherited(spec, bundle) : await fromFile(request.processFile);
  const args = request.args.length > 0 ? request.args : base.args;
  if (!isStringArray(args) || args.length === 0) {
    throw new ShimError('SHIM_USAGE', 'no command to run', { remedy: 'Give one: shimctl exec ID -- COMMAND [ARG…].' });
  }
  return {
    ...base,
    ...terminalOf(base, request),
    args,
    env: mergeEnv(environmentOf(base, request), request.env),
    cwd: workingDirectory(request.cwd ?? base.cwd ?? '/'),
    user: await userOf(base.user, request.user, () => rootfsOf(spec, bundle)),
  };
}

function inherited(spec: Record<string, unknown>, bundle: string): Record<string, unknown> {
  const { process } = spec;
  if (!isObject(process)) throw specError('it has no "process" object', bundle);
  return Object.fromEntries(INHERITED.filter((key) => process[key] !== undefined).map((key) => [key, process[key]]));
}

async function fromFile(path: string): Promise<Record<string, unknown>> {
  const process = await readJsonObject(path, { missing: 'SHIM_INVALID_ARGUMENT', invalid: 'SHIM_INVALID_ARGUMENT' });
  return process;
}

/** A process file may ask for a terminal by itself. */
function terminalOf({ terminal, consoleSize }: Record<string, unknown>, request: ExecRequest): Record<string, unknown> {
  if (request.terminal === undefined) return { terminal: terminal === true };
  const { size } = request.terminal;
  return { terminal: true, consoleSize: size === undefined ? consoleSize : { height: size.rows, width: size.columns } };
}

/** As docker's: a program on a terminal has to know of which type it is. */
function environmentOf({ env }: Record<string, unknown>, { terminal }: ExecRequest): readonly string[] {
  const own = isStringArray(env) ? env : [];
  return terminal === undefined ? own : mergeEnv(own, [`TERM=${terminal.type ?? 'xterm'}`]);
}

/** `additions`, each KEY=VALUE, take the place of entries with the same key. Throws SHIM_USAGE. */
export function mergeEnv(base: readonly string[], additions: readonly string[]): string[] {
  const keyOf = (entry: string): string => entry.split('=', 1)[0] as string;
  const merged = new Map(base.map((entry) => [keyOf(entry), entry]));
  for (const entry of additions) {
    if (!/^[^=\0]+=/.test(entry)) {
      throw new ShimError('SHIM_USAGE', `${JSON.stringify(entry.slice(0, 60))} is not KEY=VALUE`, {
        where: '--env',
      });
    }
    merged.set(keyOf(entry), entry);
  }
  return [...merged.values()];
}

/** An absolute path. Throws SHIM_USAGE. */
export function workingDirectory(cwd: unknown): string {
  if (typeof cwd === 'string' && isAbsolute(cwd)) return cwd;
  throw new ShimError('SHIM_USAGE', `the working directory ${JSON.stringify(cwd)} is not an absolute path`, {
    where: '--cwd',
  });
}

async function userOf(base: unknown, text: string | undefined, rootfs: () => string): Promise<unknown> {
  const user: OciUser = { uid: 0, gid: 0, ...(isObject(base) && base) };
  return text === undefined ? user : resolveUser(text, user, rootfs);
}

function rootfsOf(spec: Record<string, unknown>, bundle: string): string {
  const { root } = spec;
  if (!isObject(root) || typeof root.path !== 'string') throw specError('it has no root.path', bundle);
  return resolve(bundle, root.path);
}

function specError(message: string, bundle: string): ShimError {
  return new ShimError('SHIM_SPEC_INVALID', message, { where: join(bundle, 'config.json') });
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
