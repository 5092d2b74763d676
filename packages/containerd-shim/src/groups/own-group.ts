import type { FrontEndHost } from '@holdfast/core';
import type { Listener, ListenerDetails } from '../listen/listener.js';
import type { Listeners } from '../listen/listeners.js';
import type { ContainerdNamespace } from '../names.js';
import type { ExpectedTasks } from './expected-tasks.js';
import type { ShimSettings } from './own-config.js';

/** The group that this shimd serves. */
export class OwnGroup {
  constructor(
    private readonly host: FrontEndHost,
    private readonly listeners: Listeners,
    private readonly expected: ExpectedTasks,
  ) {}

  get group(): string {
    return this.host.group;
  }

  /** Of its state. */
  get root(): string {
    return this.host.layout.root;
  }

  /** Makes a listener for a task that is about to come, if there is none, and stays for it. */
  async expect(
    { address, namespace }: ContainerdNamespace,
    details: ListenerDetails,
    settings: Settings | undefined,
  ): Promise<Listener> {
    const listener = await this.listeners.ensure({ address, namespace }, details);
    await this.#use(settings);
    this.expected.add(listener.key);
    return listener;
  }

  /** What the config says of shimd itself: who started it had not read any. */
  async #use(settings: Settings | undefined): Promise<void> {
    if (settings === undefined) return;
    const { logLevel, idleTimeoutMs } = settings;
    try {
      await this.host.service.configure({ logLevel, idleTimeoutMs });
    } catch (error) {
      this.host.logger.warn({ err: error }, 'the settings of a config can not be used');
    }
  }
}

type Settings = Pick<ShimSettings, 'logLevel' | 'idleTimeoutMs'>;
