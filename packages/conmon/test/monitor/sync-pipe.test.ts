import type { StandingLaunch } from '@holdfast/core';
import { expect, it } from 'vitest';
import { callerPipes, tellCaller } from '../../src/monitor/sync-pipe.js';

it('finds the caller its pipes, and none where there is no descriptor', () => {
  expect(callerPipes({ _OCI_SYNCPIPE: '3', _OCI_STARTPIPE: '4', _OCI_ATTACHPIPE: '15' })).toEqual({
    ...{ sync: 3, start: 4, attach: 15 },
  });
  expect(callerPipes({ _OCI_SYNCPIPE: '2', _OCI_STARTPIPE: 'x', _OCI_ATTACHPIPE: '' })).toEqual({
    ...{ sync: undefined, start: undefined, attach: undefined },
  });
});

it('tells one line as conmon writes it, whatever the runtime has said, and does not mind who hears it', async () => {
  const said: string[] = [];
  const tell = (fd: number, bytes: Uint8Array): Promise<void> => {
    said.push(`${fd} ${Buffer.from(bytes).toString()}`);
    return Promise.reject(new Error('nobody'));
  };
  const launch = { tell } as unknown as StandingLaunch;
  await tellCaller(launch, 3, { name: 'pid', value: 42 });
  await tellCaller(launch, 4, { name: 'data', value: -1, message: 'a "b"\nc\u0000' });
  for (const message of ['x'.repeat(9000), '\u0000'.repeat(9000), '€'.repeat(9000)]) {
    await tellCaller(launch, 3, { name: 'pid', value: -1, message });
    const line = said.pop()?.slice(2) ?? '';
    const told = JSON.parse(line) as { message: string };
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096);
    expect([message.startsWith(told.message), told.message.length > 400]).toEqual([true, true]);
  }
  await tellCaller(launch, undefined, { name: 'data', value: 0 });
  expect(said).toEqual(['3 {"pid": 42}\n', '4 {"data": -1, "message": "a \\"b\\"\\nc\\u0000"}\n']);
});
