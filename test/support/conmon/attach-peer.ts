import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { native } from '@holdfast/native';
import { fixture } from '../fixture.js';
import { Packets } from './packets.js';

const STREAMS = { 2: 'stdout', 3: 'stderr' } as const;

/** A client of an attach socket. */
export class AttachPeer {
  readonly packets: Packets;

  /** `socket`: its path, which may be longer than a socket's. */
  constructor(socket: string) {
    const directory = openSync(dirname(socket), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      this.packets = new Packets(native.seqpacketConnect(`/proc/self/fd/${directory}/${basename(socket)}`));
    } finally {
      closeSync(directory);
    }
  }

  /** Waits until so much was sent to it. */
  async sees(stdout: string, stderr = ''): Promise<void> {
    const enough = (messages: readonly Buffer[]): boolean => {
      const seen = sorted(messages);
      return seen.stdout.includes(stdout) && seen.stderr.includes(stderr);
    };
    await this.packets.until(enough, JSON.stringify({ stdout, stderr }));
  }

  /** All that it is sent up to the end, or was before. */
  async all(): Promise<{ stdout: string; stderr: string }> {
    return sorted(await this.packets.rest());
  }

  type(text: string | Buffer): void {
    this.packets.send(text);
  }

  /** No more input comes; output may. */
  endInput(): void {
    execFileSync(fixture('end-input'), { stdio: ['ignore', 'ignore', 'ignore', this.packets.fd] });
  }

  close(): void {
    this.packets.close();
  }
}

export function sorted(messages: readonly Buffer[]): { stdout: string; stderr: string } {
  const seen = { stdout: '', stderr: '' };
  for (const message of messages) {
    const stream = STREAMS[message[0] as 2 | 3];
    if (stream === undefined) throw new Error(`a packet of stream ${message[0]}`);
    seen[stream] += message.toString('latin1', 1);
  }
  return seen;
}
