import { constants as fsConstants } from 'node:fs';
import { access } from 'node:fs/promises';
import {
  EventPoller,
  type FrontEnd,
  type FrontEndHost,
  type FrontEndSession,
  type LaunchEnd,
  type StandingLaunch,
} from '@holdfast/core';
import { helpText } from './command-line/help-text.js';
import { readOptions, type Options } from './command-line/options.js';
import { versionText } from './command-line/version-text.js';
import { isAskedFor } from './launch/asked-for.js';
import { failureText } from './launch/failure-text.js';
import { logChoices } from './logs/log-drivers.js';
import { Invocation } from './monitor/invocation.js';
import { Monitors } from './monitor/monitors.js';
import { ShimError } from '@holdfast/core/plugin';

/** conmon, as it lives in shimd. */
class ConmonFrontEnd implements FrontEndSession {
  readonly #monitors: Monitors;
  readonly #pollers = { reading: new EventPoller(), writing: new EventPoller() };

  constructor(private readonly host: FrontEndHost) {
    this.#monitors = new Monitors(host, this.#pollers);
  }

  async begin(): Promise<void> {
    await this.#monitors.recover();
    this.host.onStandingLaunch((launch) => this.#launched(launch));
  }

  get busy(): boolean {
    return !this.#monitors.empty;
  }

  leave(reason: 'idle' | 'upgrade'): Promise<void> {
    this.#monitors.leave();
    // Output goes on to clients while it is read.
    if (reason === 'upgrade') return Promise.resolve();
    this.#pollers.reading.close();
    this.#pollers.writing.close();
    return Promise.resolve();
  }

  async #launched(launch: StandingLaunch): Promise<LaunchEnd> {
    const args = launch.argv.slice(1);
    if (isAskedFor('version', args)) return print(launch, versionText(this.host.version));
    if (isAskedFor('help', args)) return print(launch, helpText());
    try {
      const options = readOptions(args, launch.cwd);
      const choices = logChoices(options, launch.cwd);
      await checkRuntime(options);
      return await new Invocation(this.host, this.#monitors, { launch, options, choices }).run();
    } catch (error) {
      launch.signal.throwIfAborted();
      launch.stderr.write(failureText(error));
      return { code: 1, hurried: false };
    }
  }
}

function print(launch: StandingLaunch, text: string): LaunchEnd {
  launch.stdout.write(text);
  return { code: 0, hurried: false };
}

async function checkRuntime({ runtime }: Options): Promise<void> {
  await access(runtime, fsConstants.X_OK).catch((cause: unknown) => {
    throw new ShimError('SHIM_USAGE', `Runtime path ${runtime} is not valid`, { cause });
  });
}

const frontEnd: FrontEnd = {
  name: 'conmon',
  apiVersion: 1,
  serve: async (host) => {
    const session = new ConmonFrontEnd(host);
    await session.begin();
    return session;
  },
};

export default frontEnd;
