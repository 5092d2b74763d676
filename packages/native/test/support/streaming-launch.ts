import type { ChildProcess } from 'node:child_process';
import { packetOf, type FakeLaunch, type FakeLaunchServer, type SeenRequest } from './fake-launch-server.js';
import type { LauncherBench, Ended, RunOptions } from './launcher-bench.js';

export const STREAM = { TAKEN: 5, SIGNALS: 6, RAW: 7, TOKEN: 8, HANDLED: 9, INPUT: 10 } as const;
export const SAID = { IN: 101, IN_END: 102, SIGNAL: 103, WINDOW: 104, PRINTED: 105, UNPRINTABLE: 106 } as const;

/** Of one stream on its way, at most. */
export const ROOM = 256 << 10;

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A launcher of version 2, and the server that it speaks with. */
export class StreamingLauncher {
  readonly server: FakeLaunchServer;

  constructor(readonly bench: LauncherBench) {
    this.server = bench.serve('shimctl');
  }

  run(args: readonly string[] = [], options: RunOptions = {}): { child: ChildProcess; ended: Promise<Ended> } {
    return this.bench.run(args, { program: this.bench.launcher('shimctl'), ...options });
  }

  async accepted(signals: readonly number[] = []): Promise<[FakeLaunch, SeenRequest]> {
    const connection = await this.server.next();
    const request = await connection.request();
    connection.send(packetOf(1, 2, u64(maskOf(signals))));
    return [connection, request];
  }
}

export function maskOf(signals: readonly number[]): bigint {
  return signals.reduce((mask, signal) => mask | (1n << BigInt(signal)), 0n);
}

/** Reads what the launcher says of its input, until it says something else or `bytes` have come. */
export async function inputFrom(launch: FakeLaunch, bytes: number): Promise<{ offset: number; bytes: Buffer }> {
  const parts: Buffer[] = [];
  let first: number | undefined;
  for (let length = 0; length < bytes;) {
    const said = await launch.said();
    if (said?.type !== SAID.IN) throw new Error(`not input: ${JSON.stringify(said)}`);
    first ??= Number(said.body.readBigUInt64LE(0));
    parts.push(said.body.subarray(8));
    length += said.body.length - 8;
  }
  return { offset: first ?? 0, bytes: Buffer.concat(parts) };
}
