import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileCgroupsStay } from '../../src/placement/cgroup-lock.js';
import { cgroupNamespace, sweepContainerCgroups } from '../../src/placement/container-cgroups.js';

let directory: string;
/** In the place of a hierarchy, and of what all roots share. */
let hierarchy: string;
let root: string;
let parent: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hf-cgroups-'));
  hierarchy = join(directory, 'cgroup');
  root = join(directory, 'root');
  parent = join(hierarchy, 'holdfast', cgroupNamespace('default', root, '@'));
  mkdirSync(parent, { recursive: true });
  mkdirSync(root);
});

afterEach(() => rmSync(directory, { recursive: true }));

const sweep = (): Promise<void> => sweepContainerCgroups(root, [hierarchy], hierarchy);

describe('sweepContainerCgroups', () => {
  it('removes namespaces without containers', async () => {
    await sweep();
    expect(existsSync(join(hierarchy, 'holdfast'))).toBe(false);
  });

  it('leaves one that holds a container', async () => {
    mkdirSync(join(parent, 'c1'));
    await sweep();
    expect(existsSync(join(parent, 'c1'))).toBe(true);
  });

  it("leaves another root's, and the usual one's", async () => {
    const others = ['default', 'default@0123abcd'].map((name) => join(hierarchy, 'holdfast', name));
    for (const other of others) mkdirSync(other);
    await sweep();
    expect([existsSync(parent), ...others.map((other) => existsSync(other))]).toEqual([false, true, true]);
  });

  it('waits for a runtime that has made the parents of a container that is not in them yet', async () => {
    let made = false;
    const making = whileCgroupsStay(
      root,
      async () => {
        const swept = sweep();
        // Long enough for a sweep that does not wait.
        for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
        mkdirSync(join(parent, 'c1'));
        made = true;
        return { swept };
      },
      hierarchy,
    );
    const { swept } = await making;
    await swept;
    expect([made, existsSync(join(parent, 'c1'))]).toEqual([true, true]);
  });

  it('leaves the parent of all roots while another root makes a container', async () => {
    const other = join(directory, 'other');
    mkdirSync(other);
    await whileCgroupsStay(other, sweep, hierarchy);
    expect([existsSync(parent), existsSync(join(hierarchy, 'holdfast'))]).toEqual([false, true]);
  });
});

describe('whileCgroupsStay', () => {
  it('makes the container all the same where nothing can be locked', async () => {
    expect(await whileCgroupsStay('/nowhere/at/all', () => Promise.resolve('made'), undefined)).toBe('made');
  });

  it('lets go of the locks when making fails', async () => {
    await expect(whileCgroupsStay(root, () => Promise.reject(new Error('no')), hierarchy)).rejects.toThrow('no');
    await sweep();
    expect(existsSync(join(hierarchy, 'holdfast'))).toBe(false);
  });
});
