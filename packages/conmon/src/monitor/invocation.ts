import { constants } from 'node:os';
import type { FrontEndHost, LaunchEnd, ProcessHandle, StandingLaunch } from '@holdfast/core';
import { asShimError } from '@holdfast/core/plugin';
import type { Options } from '../command-line/options.js';
import { runExitCommand } from '../exit/exit-command.js';
import { writeFileWhole } from '../exit/write-file.js';
import type { LogChoices } from '../logs/log-drivers.js';
import { containerRequest, refOf } from './container-request.js';
import { FIRST_OF_CALLER, Lent } from './lent.js';
import type { Monitor } from './monitor.js';
import type { Monitors } from './monitors.js';
import { keepFromOomKiller } from './oom-score.js';
import { newRecord, writeRecord, type Ending, type MonitorRecord } from './record.js';
import { Surroundings } from './surroundings.js';
import { callerPipes, tellCaller, type CallerPipes } from './sync-pipe.js';

const { SIGINT, SIGQUIT, SIGTERM } = constants.signals;
const FAILED: LaunchEnd = { code: 1, hurried: false };

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
  /** What stands for conmon. */
  #pid = 0;

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
    const { launch, options, choices } = this.request;
    const lent = new Lent(launch);
    try {
      // Before the caller goes on: it hears of what is wrong.
      lent.take(options, choices);
      await this.#leaveCaller();
      return await this.#make(lent);
    } finally {
      lent.giveBack();
    }
  }

  /** The caller has told us to begin; it goes on once our pid is in its file. */
  async #leaveCaller(): Promise<void> {
    const { launch, options, choices } = this.request;
    if (this.#pipes.start !== undefined) await launch.hear(this.#pipes.start);
    const pid = options.sync ? launch.pid : await launch.detach();
    this.#pid = pid;
    await keepFromOomKiller(pid);
    if (options.conmonPidFile !== undefined) await writeFileWhole(options.conmonPidFile, `${pid}`);
    // What a process gets as its own is still there, for the next shimd too, until it has it.
    launch.release({ keepStdio: choices.passthrough && launch.token !== TOKEN.made });
  }

  /** Undefined: all was told of its end, and it was forgotten, while its launcher was away. */
  async #madeBefore(): Promise<Monitor | undefined> {
    await this.#leaveCaller();
    const monitor = this.monitors.find(this.#ref.id);
    // What a launcher was told is counted: it has this one, and is to be told of the end in the next.
    const told = monitor === undefined ? Promise.resolve() : this.#tellPid();
    monitor?.callerGone(told.then(async () => this.#letGoOfCaller()).catch(() => undefined));
    await told;
    return monitor;
  }

  async #make(lent: Lent): Promise<Monitor | undefined> {
    const { launch } = this.request;
    let made: { surroundings: Surroundings; record: MonitorRecord } | undefined;
    try {
      const prepare = async (handle: ProcessHandle): Promise<void> => {
        made = await this.#prepare(handle);
      };
      await this.#create(lent, prepare);
      const monitor = made === undefined ? await this.monitors.resume(this.#ref) : this.#monitor(made);
      const told = this.#tellMade().then(() => launch.remember(TOKEN.made));
      // At once: it may have ended by now.
      monitor?.callerGone(told.then(async () => this.#letGoOfCaller()).catch(() => undefined));
      await told;
      return monitor;
    } catch (error) {
      if (made !== undefined) await withdraw(made.surroundings);
      await this.#tellFailed(error);
      return undefined;
    } finally {
      launch.release();
    }
  }

  async #create({ descriptors, stdio }: Lent, prepare: (handle: ProcessHandle) => Promise<void>): Promise<void> {
    const { launch, options, choices } = this.request;
    const made = await containerRequest(this.host, launch.requestId, this.#record(), choices.logs);
    const request = { ...made, preserveFds: descriptors.map((_, i) => FIRST_OF_CALLER + i) };
    const given = { terminal: options.terminal, annotations: {}, ownPidNamespace: options.exec === undefined };
    await this.host.create(request, { given, descriptors, prepare, ...(stdio && { stdio }) });
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
    return newRecord({ options, environment, cwd, pid: this.#pid, passthrough: choices.passthrough });
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

  /** All that the launcher was started with, but for what is still to be told. Never rejects. */
  async #letGoOfCaller(): Promise<void> {
    const { launch, options } = this.request;
    const { sync, start, attach } = this.#pipes;
    const inherited = Array.from({ length: launch.inherited }, (_, i) => FIRST_OF_CALLER + i);
    const fds = new Set([...inherited, ...[sync, start, attach].filter((fd) => fd !== undefined)]);
    if (options.exec !== undefined && sync !== undefined) fds.delete(sync);
    await launch.close([...fds]).catch(() => undefined);
  }

  /** Of an exec session alone: how a container has ended is in its files. */
  async #tellEnd({ code: value, message }: Ending): Promise<void> {
    const { launch, options } = this.request;
    if (options.exec === undefined) return;
    await tellCaller(launch, this.#pipes.sync, { name: options.api === 0 ? 'exit_code' : 'data', value, message });
    if (this.#pipes.sync !== undefined) await launch.close([this.#pipes.sync]).catch(() => undefined);
  }
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
