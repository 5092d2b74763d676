import { expect, it } from 'vitest';
import { filterNotification, MAX_MESSAGE_BYTES, saysReady } from '../../src/notify/notification.js';

const filter = (text: string): string | undefined => filterNotification(Buffer.from(text));

it('passes on what a program says of itself', () => {
  const whole = [
    'READY=1',
    'STATUS=serving ünder load, a=b',
    'RELOADING=1',
    'MONOTONIC_USEC=123456',
    'STOPPING=1',
    'ERRNO=12',
    'WATCHDOG=1',
    'WATCHDOG=trigger',
    'EXTEND_TIMEOUT_USEC=5000000',
  ].join('\n');
  expect(filter(whole)).toBe(whole);
});

it('drops what is not for a container to say, and keeps the rest of the message', () => {
  expect(filter('MAINPID=1\nREADY=1\nFDSTORE=1\nFDNAME=x\nBARRIER=1\nNOTIFYACCESS=all\nWATCHDOG_USEC=1\nX=1\n')).toBe(
    'READY=1',
  );
  for (const text of ['MAINPID=1', 'BARRIER=1', '', '=', 'READY', 'constructor=1', 'ready=1', 'MAINPIDFD=1']) {
    expect(filter(text)).toBeUndefined();
  }
});

it('drops values that no manager would take, or that a terminal would obey', () => {
  for (const text of [
    'READY=2',
    'READY= 1',
    'ERRNO=x',
    'ERRNO=123456789012345678901',
    'STATUS=\x1b[2J',
    'STATUS=a\0b',
    `STATUS=${'x'.repeat(1025)}`,
    'WATCHDOG=0',
    'STATUS=a\rREADY=1',
  ]) {
    expect(filter(text)).toBeUndefined();
  }
  expect(filterNotification(Buffer.from([0x53, 0x54, 0x41, 0x54, 0x55, 0x53, 0x3d, 0xff]))).toBeUndefined();
});

it('takes no message that is longer than systemd would', () => {
  const padded = (length: number): string => `READY=1\n${'x'.repeat(length - 8)}`;
  expect(filter(padded(MAX_MESSAGE_BYTES))).toBe('READY=1');
  expect(filter(padded(MAX_MESSAGE_BYTES + 1))).toBeUndefined();
});

it('knows readiness by its whole line', () => {
  expect([saysReady('STATUS=x\nREADY=1'), saysReady('STATUS=READY=1')]).toEqual([true, false]);
});
