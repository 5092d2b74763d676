import { isAbsolute } from 'node:path';
import { isIdentifier } from '../state/identifiers.js';
import type { Launch } from './launch.js';
import { LAUNCH_VERSION, REFUSAL, RefusedRequest, STANDING_VERSION, type LaunchVersion } from './launch-packets.js';
import type { StandingState } from './standing-launch.js';
import type { LauncherState } from './streamed-launch.js';

/** What a launcher asks for. */
export type LaunchRequest = Omit<Launch, 'pid' | 'signal' | 'stdout' | 'stderr'> & {
  /** Since version 2. */
  readonly state?: LauncherState;
  /** Since version 3. */
  readonly standing?: StandingState;
};

/** Bounds of docs/launcher.md. */
const INPUT_BYTES = 1 << 20;
const TEXT_BYTES = 256 << 10;
const TEXTS = 4096;
const PATH_BYTES = 4096;
const ID_BYTES = 16;
const DESCRIPTORS = 16;
/** Largest payload. */
export const PAYLOAD_BYTES = TEXT_BYTES + INPUT_BYTES;

/** The request in the file that a launcher has sent. Throws {@link RefusedRequest}. */
export function readPayload(bytes: Buffer, version: LaunchVersion = LAUNCH_VERSION): LaunchRequest {
  const reader = new PayloadReader(bytes);
  const kind = reader.text();
  const requestId = reader.bytes(ID_BYTES).toString('hex');
  const umask = reader.u32();
  const cwd = reader.text();
  const [argv, variables] = [reader.texts(), reader.texts()];
  if (reader.at > TEXT_BYTES) throw malformed(`${reader.at} bytes of text`);
  // A copy: the rest need not live as long.
  const input = Buffer.from(reader.bytes(reader.u32()));
  const state = version === LAUNCH_VERSION ? undefined : readState(reader);
  const standing = version === STANDING_VERSION ? readStanding(reader) : undefined;
  if (reader.at !== bytes.length) throw malformed(`${bytes.length - reader.at} bytes too many`);
  if (state !== undefined && input.length > 0) throw malformed('input beside a stream of it');
  if (input.length > INPUT_BYTES) throw malformed(`${input.length} bytes of input`);
  if (!isIdentifier(kind)) throw malformed('no kind');
  if (umask > 0o777) throw malformed(`umask ${umask}`);
  if (!isAbsolute(cwd) || Buffer.byteLength(cwd) > PATH_BYTES) throw malformed('no working directory');
  if (argv.length === 0) throw malformed('no command line');
  const more = { ...(state && { state }), ...(standing && { standing }) };
  return { kind, requestId, umask, cwd, argv, env: environmentOf(variables), input, ...more };
}

function readState(reader: PayloadReader): LauncherState {
  const terminals = reader.u32();
  const isTTY = { stdin: (terminals & 1) !== 0, stdout: (terminals & 2) !== 0, stderr: (terminals & 4) !== 0 };
  const size = { rows: reader.u32(), columns: reader.u32() };
  const [inherited, attempt, signals] = [reader.u32(), reader.u32(), reader.u32()];
  const [program, token] = [reader.text(), reader.text()];
  const [printedOut, receivedOut] = [reader.u64(), reader.u64()];
  const [printedErr, receivedErr] = [reader.u64(), reader.u64()];
  const taken = reader.u64();
  if (size.rows > 0xffff || size.columns > 0xffff) throw malformed('a terminal that is too large');
  if (printedOut > receivedOut || printedErr > receivedErr) throw malformed('more printed than received');
  const offsets = { printed: [printedOut, printedErr], received: [receivedOut, receivedErr], taken } as const;
  return { isTTY, size, inherited, attempt, signals, program, token, ...offsets };
}

function readStanding(reader: PayloadReader): StandingState {
  const detached = reader.u32();
  const count = reader.u32();
  if (count > DESCRIPTORS) throw malformed(`${count} descriptors`);
  const descriptors = Array.from({ length: count }, () => {
    const [fd, told, heard] = [reader.u32(), reader.u32(), reader.u32()];
    return [fd, { told, heard }] as const;
  });
  return { detached, descriptors: new Map(descriptors) };
}

function environmentOf(variables: readonly string[]): Record<string, string> {
  const pairs = variables.map((variable): [string, string] => {
    const equals = variable.indexOf('=');
    if (equals < 1) throw malformed('a variable without a name');
    return [variable.slice(0, equals), variable.slice(equals + 1)];
  });
  // Own properties, whatever the names: `__proto__` too.
  return Object.fromEntries(pairs);
}

class PayloadReader {
  at = 0;

  constructor(private readonly payload: Buffer) {}

  bytes(count: number): Buffer {
    if (count > this.payload.length - this.at) throw malformed('it ends too early');
    this.at += count;
    return this.payload.subarray(this.at - count, this.at);
  }

  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  u64(): number {
    const value = Number(this.bytes(8).readBigUInt64LE());
    if (!Number.isSafeInteger(value)) throw malformed('an offset that is too large');
    return value;
  }

  text(): string {
    const bytes = this.bytes(this.u32());
    if (bytes.includes(0)) throw malformed('a text with a NUL');
    return bytes.toString();
  }

  texts(): string[] {
    const count = this.u32();
    if (count > TEXTS) throw malformed(`${count} texts`);
    return Array.from({ length: count }, () => this.text());
  }
}

function malformed(what: string): RefusedRequest {
  return new RefusedRequest(REFUSAL.MALFORMED, `a launcher's request: ${what}`);
}
