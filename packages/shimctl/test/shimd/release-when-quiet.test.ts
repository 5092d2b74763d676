import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { releaseWhenQuiet } from '../../src/shimd/release-when-quiet.js';

const MIB = 1 << 20;
const QUIET_MS = 1_000;
const APART_MS = 10_000;

describe('releaseWhenQuiet', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** A process of 40 MiB, of which 10 are free. */
  function small(): { resident: number; released: number; changed: () => void } {
    const process = { resident: 40 * MIB, released: 0, changed: (): void => undefined };
    const release = (): void => {
      process.released += 1;
      process.resident = 30 * MIB;
    };
    process.changed = releaseWhenQuiet({ resident: () => process.resident, release });
    return process;
  }

  it('gives back once nothing has happened for a while, and is not woken again', () => {
    const process = small();
    process.changed();
    vi.advanceTimersByTime(QUIET_MS - 1);
    expect(process.released).toBe(0);
    vi.advanceTimersByTime(1);
    expect(process.released).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for as long as something happens', () => {
    const process = small();
    for (let i = 0; i < 10; i += 1) {
      process.changed();
      vi.advanceTimersByTime(QUIET_MS / 2);
    }
    expect(process.released).toBe(0);
    vi.advanceTimersByTime(QUIET_MS / 2);
    expect(process.released).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does it again after work in which the process has grown, and only then', () => {
    const process = small();
    process.changed();
    vi.advanceTimersByTime(QUIET_MS);
    process.resident += 2 * MIB - 1;
    process.changed();
    vi.advanceTimersByTime(2 * APART_MS);
    expect(process.released).toBe(1);
    process.resident += 1;
    process.changed();
    vi.advanceTimersByTime(QUIET_MS);
    expect(process.released).toBe(2);
  });

  it('leaves time between, in which nothing may happen either', () => {
    const process = small();
    process.changed();
    vi.advanceTimersByTime(QUIET_MS);
    process.resident += 2 * MIB;
    process.changed();
    vi.advanceTimersByTime(APART_MS - 1);
    expect(process.released).toBe(1);
    vi.advanceTimersByTime(1);
    expect(process.released).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
