import { rename, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openRenamed } from '../../src/read/renamed-sources.js';
import { closeSources, openSource, type Source } from '../../src/read/source.js';
import { TestLog } from '../support/test-log.js';

describe('openRenamed', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  it('gives what was missed, and not what was found under its old name and renamed since', async () => {
    log = await TestLog.make({}, { open: false });
    const sources: Source[] = [];
    for (const stamp of ['20250102-030401', '20250102-030402', '20250102-030403']) {
      await writeFile(log.path, stamp);
      sources.push((await openSource(log.path)) as Source);
      await rename(log.path, `${log.path}.${stamp}`);
    }
    const [current, , found] = sources as [Source, Source, Source];
    const renamed = await openRenamed(log.path, current, [found]);
    expect(renamed.map(({ path }) => path)).toEqual([`${log.path}.20250102-030402`]);
    await closeSources([...sources, ...renamed]);
  });
});
