import { readdir } from 'node:fs/promises';
import {
  type Attachables,
  type ContainerDocument,
  type ContainerRef,
  type ExecRef,
  type StateLayout,
  type StreamedLaunch,
  type ShimService,
} from '@holdfast/core';
import type { Attachment, AttachRequest, CliShims } from '../../cli/services.js';
import { attachHere } from './attach-here.js';
import { elsewhere } from './elsewhere.js';

/** What {@link OwnShims} is made of. */
export interface OwnShimsParts {
  readonly launch: StreamedLaunch;
  readonly group: string;
  readonly layout: StateLayout;
  readonly service: ShimService;
  readonly attachables: Attachables;
  readonly has: (ref: ContainerRef) => boolean;
}

/** Commands' view of the one shim that they run in. What another would have to do is done elsewhere. */
export class OwnShims implements CliShims {
  constructor(private readonly parts: OwnShimsParts) {}

  forGroup(group: string): Promise<ShimService> {
    return this.forRunning(group);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown becomes a rejection
  async forRunning(group: string): Promise<ShimService> {
    if (group !== this.parts.group) this.#elsewhere(`it is for the shim of the group ${group}`);
    return this.parts.service;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown becomes a rejection
  async forContainer(ref: ContainerRef): Promise<ShimService> {
    this.expect(ref);
    return this.parts.service;
  }

  /** One that was here when the command came first may have gone since. */
  expect(ref: ContainerRef): void {
    const { has, launch } = this.parts;
    if (!has(ref) && !launch.again) this.#elsewhere(`${ref.id} is no container of this shim`);
  }

  async list(namespace?: string): Promise<ContainerDocument[]> {
    if (namespace === undefined) this.#elsewhere('all namespaces');
    const own = (await this.parts.service.list()).filter((document) => document.namespace === namespace);
    const known = new Set(own.map(({ id }) => id));
    const others = (await idsOf(this.parts.layout.namespace(namespace))).filter((id) => !known.has(id));
    if (others.length > 0) this.#elsewhere('other shims have containers too');
    return own;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown becomes a rejection
  async attach(ref: ContainerRef | ExecRef, request: AttachRequest): Promise<Attachment> {
    const { launch, attachables } = this.parts;
    if (request.onCut !== undefined) this.#elsewhere('a log driver would have to read');
    launch.accept();
    launch.signal.throwIfAborted();
    const target = 'execId' in ref ? attachables.exec(ref) : attachables.container(ref);
    const attachment = attachHere(target, request, launch);
    if (launch.token !== '') request.onReconnect();
    return attachment;
  }

  recover: CliShims['recover'] = () => this.#elsewhere('it is for all shims');
  metrics: CliShims['metrics'] = () => this.#elsewhere('it is for all shims');
  upgrade: CliShims['upgrade'] = () => this.#elsewhere('it is for all shims');

  close(): void {
    // Nothing is open.
  }

  #elsewhere(why: string): never {
    elsewhere(this.parts.launch, why);
  }
}

async function idsOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
