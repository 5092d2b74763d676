import { REF } from '../../support/shim-fixture.js';
import type { Call } from './client.js';
import type { Answer, Model } from './model.js';
import type { World } from './world.js';

const KILL = 9;
const PROCESS = { args: ['true'], cwd: '/' };

/** A command as a shim and as the model take it. */
export interface Deed {
  readonly call: Call;
  readonly expected: (model: Model) => Answer;
  /** What the next shimd may say instead to a request that was carried out. */
  readonly orAfter?: Answer;
  /** It has no request id. */
  readonly anonymous?: true;
}

type MakeDeed = (requestId: string, world: World) => Deed;

/** Every command, by name. */
const DEEDS: Readonly<Record<string, MakeDeed>> = {
  create: (requestId, world) => ({
    call: (shim) => shim.create(world.request(requestId)),
    expected: (model) => model.create(requestId),
  }),
  start: (requestId) => ({ call: (shim) => shim.start(REF, { requestId }), expected: (model) => model.start() }),
  pause: (requestId) => ({ call: (shim) => shim.pause(REF, { requestId }), expected: (model) => model.pause() }),
  resume: (requestId) => ({ call: (shim) => shim.resume(REF, { requestId }), expected: (model) => model.resume() }),
  stop: (requestId) => ({ call: (shim) => shim.stop(REF, { requestId }), expected: (model) => model.stop() }),
  delete: remove(false),
  'delete --force': remove(true),
  'kill KILL': kill(KILL),
  'kill INT': kill(2),
  'kill USR1': kill(10),
  ...execDeeds('e1'),
  ...execDeeds('e2'),
};

export const DEED_NAMES = Object.keys(DEEDS);

/** Commands that are about legal, so that chance leads somewhere. */
const LIKELY: Readonly<Record<Model['status'], readonly string[]>> = {
  none: ['create'],
  created: ['start', 'start', 'start', 'kill USR1', 'kill INT', 'stop', 'delete'],
  running: DEED_NAMES.filter((name) => !['create', 'start', 'resume', 'delete'].includes(name)),
  paused: ['resume', 'resume', 'kill INT', 'kill KILL', 'stop', 'delete --force'],
  stopped: ['delete', 'stop', 'exec remove e1', 'delete --force'],
};

/** The command that a number between 0 and 1 stands for. */
export function likelyDeed({ status }: Model, chance: number): string {
  const names = LIKELY[status];
  return names[Math.floor(chance * names.length)] as string;
}

export function deedOf(name: string, requestId: string, world: World): Deed {
  return (DEEDS[name] as MakeDeed)(requestId, world);
}

function remove(force: boolean): MakeDeed {
  return (requestId) => ({
    call: (shim) => shim.delete(REF, { requestId, force }),
    expected: (model) => model.delete(force),
    orAfter: 'SHIM_CONTAINER_NOT_FOUND',
  });
}

function kill(signal: number): MakeDeed {
  return (requestId) => ({
    call: (shim) => shim.kill(REF, { requestId, signal, all: false }),
    expected: (model) => model.kill(signal),
    orAfter: 'SHIM_OUTCOME_UNKNOWN',
  });
}

function execDeeds(execId: string): Record<string, MakeDeed> {
  const ref = { ...REF, execId };
  return {
    [`exec create ${execId}`]: (requestId) => ({
      call: (shim) => shim.createExec(REF, { requestId, execId, process: PROCESS, stdin: false, detached: true }),
      expected: (model) => model.createExec(execId, requestId),
    }),
    [`exec start ${execId}`]: (requestId) => ({
      call: (shim) => shim.startExec(ref, { requestId }),
      expected: (model) => model.startExec(execId),
    }),
    [`exec kill ${execId}`]: (requestId, world) => ({
      call: async (shim) => {
        const process = world.execProcess(execId);
        await shim.killExec(ref, { requestId, signal: KILL });
        // The signal is real; the keeper hears of the end by us.
        await process?.end(KILL);
      },
      expected: (model) => model.killExec(execId, KILL),
      orAfter: 'SHIM_OUTCOME_UNKNOWN',
    }),
    [`exec remove ${execId}`]: () => ({
      call: (shim) => shim.deleteExec(ref),
      expected: (model) => model.removeExec(execId),
      orAfter: 'SHIM_EXEC_NOT_FOUND',
      anonymous: true,
    }),
  };
}
