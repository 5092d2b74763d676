import { describe, expect, it } from 'vitest';
import { closePacket, releasePacket } from '../../src/launch/launch-packets.js';
import { LaunchStanding } from '../../src/launch/launch-standing.js';
import { readSaid, type StandingSaid } from '../../src/launch/said-packets.js';

const CLOSED = 110;

function packet(type: number, detail: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(type, 0);
  bytes.writeUInt16LE(detail, 2);
  return bytes;
}

describe('a launcher that closes descriptors', () => {
  const gone = new AbortController();
  const said: Buffer[] = [];
  const side = { fd: -1, signal: gone.signal, say: (bytes: Buffer): void => void said.push(bytes) };
  const standing = new LaunchStanding({ detached: 0, descriptors: new Map() }, side);

  it('is told which, and says when it has', async () => {
    const closed = [standing.calls.close([3, 4]), standing.calls.close([9])];
    expect(said).toEqual([closePacket(1, [3, 4]), closePacket(2, [9])]);
    expect(said[0]?.toString('hex')).toBe('0f0001000300000004000000');
    for (const number of [2, 1]) expect(standing.take(readSaid(packet(CLOSED, number)) as StandingSaid)).toBe(true);
    await expect(Promise.all(closed)).resolves.toBeDefined();
  });

  it('is not asked to close none, and has not been asked for more', async () => {
    await standing.calls.close([]);
    expect(said).toHaveLength(2);
    expect(standing.take({ what: 'closed', number: 1 })).toBe(false);
    expect(readSaid(Buffer.concat([packet(CLOSED, 1), Buffer.alloc(1)]))).toBeUndefined();
  });

  it('is let go of with its stdio, or without', () => {
    standing.calls.release({ keepStdio: true });
    standing.calls.release();
    expect(said.slice(-2)).toEqual([releasePacket(true), releasePacket(false)]);
    expect(said.at(-2)?.toString('hex')).toBe('0e000100');
  });

  it('that has gone closes nothing more', async () => {
    const closing = standing.calls.close([3]);
    gone.abort(new Error('gone'));
    await expect(closing).rejects.toThrow('gone');
    expect(() => standing.calls.descriptor(1)).toThrow('gone');
  });
});
