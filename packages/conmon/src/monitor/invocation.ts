import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { FrontEndHost, LaunchEnd, ProcessHandle, StandingLaunch } from '@holdfast/core';
import { asShimError } from '@holdfast/core/plugin';
import type { Options } from '../command-line/options.js';
import { runExitCommand } from '../exit/exit-command.js';
import { writeFileWhole } from '../exit/write-file.js';
import type { LogChoices } from '../logs/log-drivers.js';
import { containerRequest, refOf } from './container-request.js';
import type { Monitor } from './monitor.js';
import type { Monitors } from './monitors.js';
import { preservedCount } from './preserved.js';
import { newRecord, writeRecord, type Ending, type MonitorRecord } from './record.js';
import { Surroundings } from './surroundings.js';
import { callerPipes, tellCaller, type CallerPipes } from './sync-pipe.js';

const { SIGINT, SIGQUIT, SIGTERM } = constants.signals;
const FAILED: LaunchEnd = { code: 1, hurried: false };
const FIRST_PRESERVED = 3;

/** What a launcher is given to remember: how far it was. */
const TOKEN = { begun: 'begun', made: 'made', ended: 'ended ' } as const;

export interface InvocationRequest {
  readonly launch: StandingLaunch;
  readonly options: Options;
  readonly choices: LogChoices;
}

/** One call of conmon, from its first byte to its exit code. */
export class Invocation {
  readonly #pipes: CallerPipes;
  readonly #ref;

  constructor(
    private readonly host: FrontEndHost,
    private readonly monitors: Monitors,
    private readonly request: InvocationRequest,
  ) {
    this.#pipes = callerPipes(request.launch.env);
    this.#ref = refOf(request.options.uuid, request.launch.requestId);
  }

  async run(): Promise<LaunchEnd> {
    const { launch } = this.request;
    if (launch.token.startsWith(TOKEN.ended)) return endOf({ code: Number(launch.token.slice(TOKEN.ended.length)) });
    launch.accept();
    if (launch.token === '') launch.remember(TOKEN.begun);
    const monitor = launch.token === TOKEN.made ? await this.#madeBefore() : await this.#begin();
    return monitor === undefined ? FAILED : this.#follow(monitor);
  }

  async #begin(): Promise<Monitor | undefined> {
    const { launch, options } = this.request;
    // Of the process that has connected, which ends when its caller goes on.
    const descriptors = preservedDescriptors(launch, options);
    try {
      await this.#leaveCaller();
      return await this.#make(descriptors);
    } finally {
      descriptors.forEach(closeSync);
    }
  }

  /** The caller has told us to begin; it goes on once our pid is in its file. */
  async #leaveCaller(): Promise<void> {
    const { launch, options } = this.request;
    if (this.#pipes.start !== undefined) await launch.hear(this.#pipes.start);
    const pid = options.sync ? launch.pid : await launch.detach();
    if (options.conmonPidFile !== undefined) await writeFileWhole(options.conmonPidFile, `${pid}`);
    launch.release();
  }

  /** Undefined: all was told of its end, and it was forgotten, while its launcher was away. */
  async #madeBefore(): Promise<Monitor | undefined> {
    await this.#leaveCaller();
    const monitor = this.monitors.find(this.#ref.id);
    // What a launcher was told is counted: it has this one, and is to be told of the end in the next.
    if (monitor !== undefined) await this.#tellPid();
    return monitor;
  }

  async #make(descriptors: readonly number[]): Promise<Monitor | undefined> {
    const { launch } = this.request;
    let made: { surroundings: Surroundings; record: MonitorRecord } | undefined;
    try {
      const prepare = async (handle: ProcessHandle): Promise<void> => {
        made = await this.#prepare(handle);
      };
      await this.#create(descriptors, prepare);
      const monitor = made === undefined ? await this.monitors.resume(this.#ref) : this.#monitor(made);
      await this.#tellMade();
      launch.remember(TOKEN.made);
      return monitor;
    } catch (error) {
      if (made !== undefined) await withdraw(made.surroundings);
      await this.#tellFailed(error);
      return undefined;
    }
  }

  async #create(descriptors: readonly number[], prepare: (handle: ProcessHandle) => Promise<void>): Promise<void> {
    const { launch, options, choices } = this.request;
    const request = await containerRequest(this.host, launch.requestId, this.#record(), choices.logs);
    const given = { terminal: options.terminal, annotations: {}, ownPidNamespace: options.exec === undefined };
    const preserved = descriptors.length > 0 && { preserveFds: descriptors.map((_, i) => FIRST_PRESERVED + i) };
    await this.host.create({ ...request, ...preserved }, { given, descriptors, prepare });
    // Whether and when its owner starts it is not told to us.
    await this.host.service.start(this.#ref, { requestId: `${launch.requestId}-start` }).catch(() => {
      // It has ended already.
    });
  }

  /** All that must be there before the runtime is run: what it makes may be looked for, or be attached to, at once. */
  async #prepare(handle: ProcessHandle): Promise<{ surroundings: Surroundings; record: MonitorRecord }> {
    const { host } = this;
    const { launch, options } = this.request;
    const before = this.#record();
    const surroundings = await Surroundings.make({
      ...{ host, handle, record: before, id: this.#ref.id, pollers: this.monitors.pollers },
    });
    try {
      await tellCaller(launch, this.#pipes.attach, { name: 'data', value: 0 });
      if (options.exec?.attach === true && this.#pipes.start !== undefined) await launch.hear(this.#pipes.start);
      const record = { ...before, ...deadlineOf(options) };
      await writeRecord(host.layout, this.#ref, record);
      return { surroundings, record };
    } catch (error) {
      await withdraw(surroundings);
      throw error;
    }
  }

  #monitor({ surroundings, record }: { surroundings: Surroundings; record: MonitorRecord }): Monitor {
    const { host } = this;
    return this.monitors.add({ host, ref: this.#ref, handle: host.process(this.#ref), record, surroundings });
  }

  #record(): MonitorRecord {
    const { launch, options, choices } = this.request;
    const { env: environment, cwd } = launch;
    return newRecord({ options, environment, cwd, passthrough: choices.passthrough });
  }

  async #tellMade(): Promise<void> {
    await writeFileWhole(this.request.options.containerPidFile, `${this.host.process(this.#ref).pid}`);
    await this.#tellPid();
  }

  async #tellPid(): Promise<void> {
    const { launch, options } = this.request;
    const { pid } = this.host.process(this.#ref);
    if (options.exec !== undefined && options.api === 0) return;
    await tellCaller(launch, this.#pipes.sync, { name: options.api === 0 ? 'pid' : 'data', value: pid });
  }

  async #tellFailed(cause: unknown): Promise<void> {
    const { launch, options } = this.request;
    const { message, code } = asShimError(cause);
    if (code !== 'SHIM_RUNTIME_FAILED') this.host.logger.error({ err: cause, ...this.#ref }, 'it could not be made');
    const first = options.exec === undefined ? 'pid' : 'exit_code';
    await tellCaller(launch, this.#pipes.sync, { name: options.api === 0 ? first : 'data', value: -1, message });
    await runExitCommand(this.host, this.#record(), this.#ref);
  }

  async #follow(monitor: Monitor): Promise<LaunchEnd> {
    const { launch } = this.request;
    const leave = this.monitors.follow(monitor);
    for (const signal of [SIGINT, SIGQUIT, SIGTERM]) launch.onSignal(signal, () => monitor.kill(signal));
    try {
      await this.#tellEnd(await monitor.told);
      const ending = await monitor.ended;
      launch.remember(`${TOKEN.ended}${ending.code}`);
      return endOf(ending);
    } finally {
      leave();
    }
  }

  /** Of an exec session alone: how a container has ended is in its files. */
  async #tellEnd({ code: value, message }: Ending): Promise<void> {
    const { launch, options } = this.request;
    if (options.exec === undefined) return;
    await tellCaller(launch, this.#pipes.sync, { name: options.api === 0 ? 'exit_code' : 'data', value, message });
  }
}

function preservedDescriptors(launch: StandingLaunch, { runtimeOptions }: Options): number[] {
  const count = preservedCount(runtimeOptions);
  return Array.from({ length: count }, (_, i) => launch.descriptor(FIRST_PRESERVED + i));
}

function deadlineOf({ timeoutSeconds }: Options): Pick<MonitorRecord, 'deadline'> {
  return timeoutSeconds > 0 ? { deadline: Date.now() + timeoutSeconds * 1000 } : {};
}

async function withdraw(surroundings: Surroundings): Promise<void> {
  await surroundings.withdraw();
  await surroundings.close();
}

/** A code as wait(2) has it. */
function endOf({ code }: Ending): LaunchEnd {
  return { code: code & 0xff, hurried: false };
}
