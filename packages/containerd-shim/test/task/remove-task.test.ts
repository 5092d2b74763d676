import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessHandle, ShimService } from '@holdfast/core';
import { ShimError } from '@holdfast/core/plugin';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { DeleteResponse } from '../../src/messages/task.js';
import { Creates } from '../../src/task/creates.js';
import { removeTask } from '../../src/task/remove-task.js';
import { fakeHost } from '../support/fake-host.js';

const REF = { namespace: 'n', id: 'c' };
const EXIT = { exitCode: 137, signal: 'SIGKILL', exitedAt: '2026-01-01T00:00:00Z' } as const;

let steps: string[];
let there: boolean;
beforeEach(() => {
  steps = [];
  there = true;
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'hf-bundle-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A host with one container, if it is there. `recorded`: its bundle, if that is not the one that is to be removed. */
function parts(creates = new Creates(), recorded?: string) {
  const bundle = directory();
  const check = (step: string): void => {
    if (!there) throw new ShimError('SHIM_CONTAINER_NOT_FOUND', 'no container');
    steps.push(step);
  };
  const service = {
    inspect: async () => Promise.resolve().then(() => (check('inspect'), { instance: 'i1' })),
    kill: async () => Promise.resolve().then(() => check('kill')),
    delete: async () => Promise.resolve().then(() => check('delete')),
  } as unknown as ShimService;
  const process = (): ProcessHandle => {
    check('process');
    return {
      bundle: recorded ?? bundle,
      pid: 7,
      exit: undefined,
      exited: Promise.resolve(EXIT),
    } as unknown as ProcessHandle;
  };
  const { host } = fakeHost({ service, process });
  const publisher = { leaveOut: (instance: string) => void steps.push(`leave out ${instance}`) };
  const remove = (asked = bundle) =>
    removeTask({ host, creates, publisher }, { ref: REF, bundle: asked, requestId: 'r' });
  return { remove, creates, bundle };
}

describe('removeTask', () => {
  it('kills a task, tells how it ended, and has nobody else tell', async () => {
    const answer = DeleteResponse.decode(await parts().remove());
    expect(answer).toMatchObject({ pid: 7, exitStatus: 137 });
    expect(steps).toEqual(['process', 'inspect', 'leave out i1', 'kill', 'delete']);
  });

  it('leaves a task alone whose bundle is another one: its id was in use', async () => {
    expect(DeleteResponse.decode(await parts(new Creates(), directory()).remove())).toMatchObject({ pid: 0 });
    expect(steps).toEqual(['process']);
  });

  it('takes a bundle that has gone, and one with another path to it, for the same', async () => {
    const gone = directory();
    rmSync(gone, { recursive: true });
    await parts(new Creates(), gone).remove();
    const linked = parts();
    const link = join(directory(), 'link');
    symlinkSync(linked.bundle, link);
    await parts(new Creates(), link).remove(linked.bundle);
    expect(steps.filter((step) => step === 'delete')).toHaveLength(2);
  });

  it('is content if there is none', async () => {
    there = false;
    expect(DeleteResponse.decode(await parts().remove())).toMatchObject({ pid: 0, exitStatus: 137 });
  });

  it('waits for a create that is under way, and removes what it has made', async () => {
    const { remove, creates } = parts();
    there = false;
    let make: () => void = () => undefined;
    const create = creates.run(REF, () => new Promise<void>((resolve) => (make = resolve)));
    let answered = false;
    const removed = remove().then(() => (answered = true));
    // More turns than a delete takes that does not wait.
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    there = true;
    make();
    await create;
    await removed;
    expect(steps).toContain('delete');
  });

  it('has a create stop before its next step', async () => {
    const { remove, creates } = parts();
    there = false;
    let step: () => void = () => undefined;
    const create = creates.run(REF, async (signal) => {
      await new Promise<void>((resolve) => (step = resolve));
      signal.throwIfAborted();
      there = true;
    });
    const removed = remove();
    step();
    await expect(create).rejects.toThrow('c was deleted meanwhile');
    await removed;
    expect(steps).toEqual([]);
  });

  it('waits for no other create', async () => {
    const { remove, creates } = parts();
    void creates.run({ ...REF, id: 'other' }, () => new Promise(() => undefined));
    await remove();
    expect(steps).toContain('delete');
  });
});
