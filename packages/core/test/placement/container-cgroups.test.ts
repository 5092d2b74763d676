import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileCgroupsStay } from '../../src/placement/cgroup-lock.js';
import { sweepContainerCgroups } from '../../src/placement/container-cgroups.js';

describe('sweepContainerCgroups', () => {
  let mountPoint: string;
  let parent: string;

  beforeEach(() => {
    mountPoint = mkdtempSync(join(tmpdir(), 'hf-cgroups-'));
    parent = join(mountPoint, 'holdfast', 'default');
    mkdirSync(parent, { recursive: true });
  });

  afterEach(() => rmSync(mountPoint, { recursive: true }));

  it('removes namespaces without containers', () => {
    sweepContainerCgroups([mountPoint]);
    expect(existsSync(join(mountPoint, 'holdfast'))).toBe(false);
  });

  it('leaves one that holds a container', () => {
    mkdirSync(join(parent, 'c1'));
    sweepContainerCgroups([mountPoint]);
    expect(existsSync(join(parent, 'c1'))).toBe(true);
  });

  it('leaves the parents that a runtime has made for a container that is not in it yet', async () => {
    await whileCgroupsStay(async () => {
      sweepContainerCgroups([mountPoint]);
      await Promise.resolve();
      mkdirSync(join(parent, 'c1'));
    }, mountPoint);
    expect(existsSync(join(parent, 'c1'))).toBe(true);
  });
});

describe('whileCgroupsStay', () => {
  it('makes the container all the same where there are no cgroups', async () => {
    expect(await whileCgroupsStay(() => Promise.resolve('made'), undefined)).toBe('made');
    expect(await whileCgroupsStay(() => Promise.resolve('made'), '/nowhere/at/all')).toBe('made');
  });

  it('lets go of the lock when making fails', async () => {
    const mountPoint = mkdtempSync(join(tmpdir(), 'hf-cgroups-'));
    mkdirSync(join(mountPoint, 'holdfast'));
    await expect(whileCgroupsStay(() => Promise.reject(new Error('no')), mountPoint)).rejects.toThrow('no');
    sweepContainerCgroups([mountPoint]);
    expect(existsSync(join(mountPoint, 'holdfast'))).toBe(false);
    rmSync(mountPoint, { recursive: true });
  });
});
