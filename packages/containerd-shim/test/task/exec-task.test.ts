import type { ContainerStatus, ProcessHandle, ShimService } from '@holdfast/core';
import { ShimError } from '@holdfast/core/plugin';
import { beforeEach, describe, expect, it } from 'vitest';
import { SPEC_URL } from '../../src/messages/index.js';
import { listenerOf } from '../../src/listen/listener.js';
import { Creates } from '../../src/task/creates.js';
import { ExecStarts } from '../../src/task/exec-starts.js';
import { FailedExecs } from '../../src/task/failed-execs.js';
import { GoneTasks } from '../../src/task/gone-tasks.js';
import type { RememberedAnswers } from '../../src/task/remembered-answers.js';
import { TaskContext } from '../../src/task/task-context.js';
import type { TaskContext as Call } from '../../src/task/task-service.js';
import { Tasks } from '../../src/task/tasks.js';
import { CODE } from '../../src/ttrpc/codes.js';
import { fakeHost } from '../support/fake-host.js';

const DETAILS = { ttrpcAddress: '/t', environment: {} };
const LISTENER = listenerOf({ address: '/c', namespace: 'n' }, DETAILS, { group: 'containerd', root: '/r' });

let status: ContainerStatus;
let process: { begun: boolean; exit: object | undefined };
let calls: string[];
beforeEach(() => {
  status = 'running';
  process = { begun: false, exit: undefined };
  calls = [];
});

/** The task API over a container with an exec session. */
function tasks(): Tasks {
  const done = (name: string) => () => Promise.resolve(void calls.push(name));
  const illegal = (): ShimError => new ShimError('SHIM_ILLEGAL_STATE', `cannot run a command in c: it is ${status}`);
  const service = {
    inspect: () => Promise.resolve({ status }),
    createExec: () => (status === 'running' ? done('create')() : Promise.reject(illegal())),
    startExec: () => ((process.begun = true), done('start')()),
    resize: done('resize'),
    resizeExec: done('resize'),
  } as unknown as ShimService;
  const { host } = fakeHost({ service, process: () => ({ pid: 7, ...process }) as unknown as ProcessHandle });
  const answers = {} as RememberedAnswers;
  const gone = new GoneTasks();
  const shared = { creates: new Creates(), starts: new ExecStarts(), failed: new FailedExecs(), answers, gone };
  return new Tasks(new TaskContext(host, LISTENER, shared));
}

const by = (callId: string): Call => ({ callId }) as Call;
const START = { id: 'c', execId: 'e' };

describe('Start of an exec', () => {
  it('that the same call has started is answered as it was', async () => {
    const served = tasks();
    for (let n = 0; n < 2; n += 1) expect(await served.start(START, by('1'))).toEqual({ pid: 7 });
  });

  it('that another call has started is refused, whether it still runs or not', async () => {
    const served = tasks();
    await served.start(START, by('1'));
    const code = CODE.FailedPrecondition;
    const refused = (state: string) => ({ code, message: `cannot start a ${state} process: failed precondition` });
    await expect(served.start(START, by('2'))).rejects.toMatchObject(refused('running'));
    process.exit = {};
    await expect(served.start(START, by('3'))).rejects.toMatchObject(refused('stopped'));
    expect(calls).toEqual(['start']);
  });

  it('that an earlier shimd has started may be the same call', async () => {
    process.begun = true;
    expect(await tasks().start(START, by('2'))).toEqual({ pid: 7 });
  });

  it('with a name that was free again is another', async () => {
    const served = tasks();
    await served.start(START, by('1'));
    process.begun = false;
    expect(await served.start(START, by('2'))).toEqual({ pid: 7 });
  });
});

describe('Exec', () => {
  const spec = { typeUrl: SPEC_URL.PROCESS, value: Buffer.from('{}') };
  const request = { ...START, terminal: false, stdin: '', stdout: '', stderr: '', spec };

  it.each([
    ['created', 'created'],
    ['paused', 'paused'],
    ['stopped', 'stopped'],
    ['unknown', 'stopped'],
  ] as const)("in a container that is %s is refused in containerd's words", async (is, words) => {
    status = is;
    await expect(tasks().exec(request, by('1'))).rejects.toMatchObject({
      code: CODE.FailedPrecondition,
      message: `cannot exec in a ${words} state: cannot run a command in c: it is ${is}`,
    });
  });
});

describe('ResizePty', () => {
  it.each(['', 'e'])('takes what a terminal can have, and nothing larger (exec "%s")', async (execId) => {
    const served = tasks();
    await served.resizePty({ id: 'c', execId, width: 65_535, height: 0 }, by('1'));
    for (const size of [
      { width: 65_536, height: 1 },
      { width: 1, height: 4_294_967_295 },
    ])
      await expect(served.resizePty({ id: 'c', execId, ...size }, by('2'))).rejects.toMatchObject({
        code: CODE.InvalidArgument,
      });
    expect(calls).toEqual(['resize']);
  });
});
