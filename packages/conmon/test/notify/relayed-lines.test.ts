import { describe, expect, it } from 'vitest';
import { relayedLines } from '../../src/notify/relayed-lines.js';

describe('what a container says to its NOTIFY_SOCKET', () => {
  it.each([
    ['READY=1', 'READY=1'],
    ['RELOADING=1\nMONOTONIC_USEC=42', 'RELOADING=1\nMONOTONIC_USEC=42'],
    ['STOPPING=1\nSTATUS=bye = bye', 'STOPPING=1\nSTATUS=bye = bye'],
    ['WATCHDOG=1\nERRNO=2\nBUSERROR=x.y', 'WATCHDOG=1\nERRNO=2\nBUSERROR=x.y'],
    ['MAINPID=1\nREADY=1\nFDSTORE=1', 'READY=1'],
    ['STATUS=\xff\xfe', 'STATUS=\xff\xfe'],
    ['STATUS=a\0MAINPID=2', 'STATUS=aMAINPID=2'],
  ])('%j is passed on as %j', (said, passed) => {
    expect(relayedLines(Buffer.from(said, 'latin1'))).toBe(passed);
  });

  it.each([
    '',
    'MAINPID=1',
    'READY=0',
    'READY=1 ',
    ' READY=1',
    'ready=1',
    'X=\0READY=1',
    'BARRIER=1',
    'WATCHDOG=trigger',
  ])('%j is not', (said) => {
    expect(relayedLines(Buffer.from(said, 'latin1'))).toBeUndefined();
  });
});
