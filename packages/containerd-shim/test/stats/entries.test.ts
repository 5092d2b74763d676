import { expect, it } from 'vitest';
import { blkioEntries } from '../../src/stats/v1-metrics.js';
import { ioEntries } from '../../src/stats/v2-metrics.js';

it('reads what blkio has of each device', () => {
  expect(blkioEntries('8:0 Read 4096\n8:0 Write 0\n253:1 Total 12\nTotal 4108\n')).toEqual([
    { op: 'Read', major: 8n, minor: 0n, value: 4096n },
    { op: 'Write', major: 8n, minor: 0n, value: 0n },
    { op: 'Total', major: 253n, minor: 1n, value: 12n },
  ]);
});

it('reads io.stat', () => {
  expect(ioEntries('8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n8:0\n')).toEqual([
    { major: 8n, minor: 16n, rbytes: 1n, wbytes: 2n, rios: 3n, wios: 4n },
  ]);
});
