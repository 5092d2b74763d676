import { randomUUID } from 'node:crypto';
import { checkIdentifier, type ContainerDocument, type ContainerRef, type ShimService } from '@holdfast/core/client';
import { errorFromDocument } from '@holdfast/core/plugin';
import type { CliEnvironment } from './environment.js';
import { configRequest, type GlobalOptions } from './global-options.js';
import type { Output } from './output/output.js';
import type { CliConfig, CliShims, ConfigRequest } from './services.js';

/** The config and the shims that it leads to. */
export interface Connection {
  readonly config: CliConfig;
  readonly shims: CliShims;
}

/** A container that a command works on. */
export interface Target extends Connection {
  readonly ref: ContainerRef;
  readonly service: ShimService;
}

/** What a command gets. */
export class CommandContext {
  readonly environment: CliEnvironment;
  readonly output: Output;
  readonly globals: GlobalOptions;
  /** Never resolves; rejects when stdout fails. */
  readonly whenClosed: Promise<never>;
  #shims: CliShims | undefined;

  constructor(parts: Pick<CommandContext, 'environment' | 'output' | 'globals' | 'whenClosed'>) {
    this.environment = parts.environment;
    this.output = parts.output;
    this.globals = parts.globals;
    this.whenClosed = parts.whenClosed;
  }

  /** The effective config; its warnings go to stderr, also if it is refused. `thorough` as in {@link ConfigRequest}. */
  async config({ thorough }: Pick<ConfigRequest, 'thorough'> = {}): Promise<CliConfig> {
    const request = configRequest(this.globals, this.environment);
    const warn = (warnings: readonly string[]): void => {
      for (const warning of warnings) this.output.note(`warning: ${warning}`);
    };
    const { services } = this.environment;
    const config = await services.loadConfig(thorough === true ? { ...request, thorough } : request, warn);
    // Told already, if another process had begun with it.
    if (this.environment.progress?.known === undefined) warn(config.warnings);
    return config;
  }

  async connect(): Promise<Connection> {
    const config = await this.config();
    this.#shims = await this.environment.services.openShims(config);
    return { config, shims: this.#shims };
  }

  /** Lets go of what `connect` opened. */
  close(): void {
    this.#shims?.close();
  }

  /** An existing container. Rejects with SHIM_INVALID_ID before anything is read. */
  async target(id: string): Promise<Target> {
    checkIdentifier(id, 'container id');
    const connection = await this.connect();
    const ref = { namespace: connection.config.namespace, id };
    return { ...connection, ref, service: await connection.shims.forContainer(ref) };
  }
}

/** The document of a container that its shim can manage; rejects with what is wrong with one that it can't. */
export async function inspectKnown({ service, ref }: Target): Promise<ContainerDocument> {
  const document = await service.inspect(ref);
  if (document.status === 'unknown' && document.error !== null) throw errorFromDocument(document.error);
  return document;
}

/** A new request id: a retry of the same request carries the same one. */
export function newRequest(): { requestId: string } {
  return { requestId: randomUUID() };
}
