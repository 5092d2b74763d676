import { EventEmitter } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import type { ContainerDocument, ContainerRef, EventDocument, StreamEventsOptions } from '@holdfast/core/client';
import type { ConfigPlace } from '@holdfast/core/config';
import type { LogDriver } from '@holdfast/core/plugin';
import type { CliEnvironment } from '../../../src/cli/environment.js';
import type { DoctorSystem } from '../../../src/cli/doctor/system.js';
import type { CliConfig, CliServices, ConfigRequest } from '../../../src/cli/services.js';
import { shimctl } from '../../../src/cli/shimctl.js';
import { Capture } from './capture.js';
import { FakeSystem } from './fake-system.js';
import { CONTAINER_CONFIG, containerDocument } from './documents.js';
import { FakeTerminal } from './fake-terminal.js';
import { FakeService } from './fake-service.js';
import { FakeShims } from './fake-shims.js';

/** What a command line came to. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shimctl whose surroundings are all played by the test. */
export class FakeCli {
  readonly service = new FakeService();
  readonly shims = new FakeShims(this.service);
  readonly configRequests: ConfigRequest[] = [];
  readonly containerRefs: ContainerRef[] = [];
  readonly signals = new EventEmitter();
  readonly stdin = new PassThrough();
  env: Record<string, string> = {};
  cwd = '/somewhere';
  isTTY = { stdin: false, stdout: false, stderr: false };
  readonly terminal = new FakeTerminal();
  /** How often somebody would not wait for the output. */
  hurried = 0;
  /** Replaces parts of the config. */
  config: Partial<CliConfig> = {};
  configFailure: Error | undefined;
  places: ConfigPlace[] = [];
  /** The machine that `doctor` looks at. */
  system: DoctorSystem = new FakeSystem();
  /** Where completion looked for containers. */
  readonly located: { root: string; namespace: string | undefined }[] = [];
  logReader: LogDriver | undefined;
  readonly eventRequests: { root: string; options: StreamEventsOptions }[] = [];
  events: (options: StreamEventsOptions) => AsyncIterable<EventDocument> = () => none();
  /** How many descriptors from 3 on it was started with. */
  inherited = 0;
  /** What went to which NOTIFY_SOCKET. */
  readonly notified: [address: string, message: string][] = [];
  readonly logReaderFor: ContainerDocument[] = [];

  /** Lets a container exist. */
  add(id: string, changes: Partial<ContainerDocument> = {}): ContainerDocument {
    const document = containerDocument({ namespace: 'default', id }, changes);
    this.service.documents.set(id, document);
    return document;
  }

  async run(...argv: string[]): Promise<CliResult> {
    const stdout = new Capture();
    const stderr = new Capture();
    const code = await this.runWith({ stdout, stderr }, ...argv);
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  /** With streams of the test's own. */
  runWith(streams: { stdout: Writable; stderr: Writable }, ...argv: string[]): Promise<number> {
    const environment: CliEnvironment = {
      ...streams,
      argv,
      stdin: this.stdin,
      env: this.env,
      cwd: this.cwd,
      isTTY: this.isTTY,
      openTerminal: () => Promise.resolve(this.terminal),
      hurry: () => (this.hurried += 1),
      onSignal: (signal, handler) => {
        this.signals.on(signal, handler);
        return () => this.signals.off(signal, handler);
      },
      unit: {
        pid: 4321,
        inherited: () => this.inherited,
        notify: (address, message) => Promise.resolve(void this.notified.push([address, message])),
      },
      services: this.#services(),
    };
    return shimctl(environment);
  }

  #services(): CliServices {
    return {
      version: '9.8.7',
      loadConfig: (request, onRefused) => {
        this.configRequests.push(request);
        const config = this.#config(request);
        if (this.configFailure === undefined) return Promise.resolve(config);
        onRefused?.(config.warnings);
        return Promise.reject(this.configFailure);
      },
      configPlaces: () => Promise.resolve(this.places),
      builtInSchema: () => Promise.resolve({ title: 'holdfast config' }),
      streamEvents: (root, options) => {
        this.eventRequests.push({ root, options });
        return this.events(options);
      },
      openShims: () => Promise.resolve(this.shims),
      locate: (root, namespace) => {
        this.located.push({ root, namespace });
        const all = [...this.service.documents.values()].map(({ namespace: ns, id, instance, shim }) => ({
          namespace: ns,
          id,
          instance,
          group: shim.group,
          error: undefined,
        }));
        return Promise.resolve(all.filter((one) => namespace === undefined || one.namespace === namespace));
      },
      builtInNames: (kind) => Promise.resolve(kind === 'runtime' ? ['runc', 'crun'] : ['file']),
      examine: () => Promise.resolve(this.system),
      openLogReader: (document) => {
        this.logReaderFor.push(document);
        return Promise.resolve(this.logReader);
      },
    };
  }

  #config(request: ConfigRequest): CliConfig {
    return {
      root: request.root ?? '/run/holdfast',
      namespace: request.namespace ?? 'default',
      group: request.group ?? 'default',
      detachKeys: 'ctrl-p,ctrl-q',
      logRoot: '/var/log/holdfast',
      logs: [{ driver: 'file' }],
      runtimes: () => Promise.resolve([{ name: 'runc', chosen: true, plugin: CONTAINER_CONFIG.runtime }]),
      shim: { logLevel: 'info', idleTimeoutMs: 2_000 },
      settings: [],
      shownSettings: () => Promise.resolve([]),
      files: [],
      overrides: [],
      warnings: [],
      container: (ref) => {
        this.containerRefs.push(ref);
        return Promise.resolve(CONTAINER_CONFIG);
      },
      plugins: () => Promise.resolve([]),
      validate: () => Promise.resolve(),
      schema: () => Promise.resolve({ title: 'holdfast config' }),
      ...this.config,
    };
  }
}

async function* none(): AsyncGenerator<EventDocument> {
  yield* [];
}
