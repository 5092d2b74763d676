import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { StateLayout } from '@holdfast/core';
import { expect, onTestFinished } from 'vitest';
import { NumberedContainer } from './numbered-container.js';
import { until } from './until.js';
import { Workbench } from './workbench.js';

/** What shimd may keep of a crowd: buffers that V8 gives back when it likes. */
const MEMORY_SLACK_KB = 60_000;
const SCRIPT = 'until [ -e /out/go ]; do sleep 0.05; done; echo the end; exit 7';

/** A shim with a container that must not notice what is done at the shim's socket. */
export class HostileTarget {
  readonly bench = new Workbench();
  readonly socketPath = new StateLayout(this.bench.root).apiSocket('default');
  readonly #container: NumberedContainer;
  readonly #sockets: Socket[] = [];
  #shimd = 0;
  #before = { descriptors: 0, memoryKb: 0 };

  private constructor(private readonly script: string) {
    this.#container = new NumberedContainer(this.bench, 'c1', this.script);
    onTestFinished(() => this.hangUp());
  }

  static async start(script = SCRIPT, flags: readonly string[] = []): Promise<HostileTarget> {
    const target = new HostileTarget(script);
    await target.bench.ok('run', '-d', ...flags, '-b', target.#container.bundle, 'c1');
    target.#shimd = (await target.bench.inspect('c1')).shim.pid;
    target.#before = target.#usage();
    return target;
  }

  /** A connection to the socket, with `bytes` on their way. */
  async connect(bytes: Buffer | string = ''): Promise<Socket> {
    const socket = createConnection({ path: this.socketPath, allowHalfOpen: true });
    this.#sockets.push(socket);
    socket.on('error', () => undefined);
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('error', resolve);
    });
    // The backlog is full: as shimctl does, it comes again.
    if (error?.code === 'EAGAIN') return this.connect(bytes);
    if (error !== undefined) throw error;
    socket.write(bytes);
    return socket;
  }

  /** An attached connection; what comes is not read before somebody listens. */
  async attach(query = ''): Promise<Socket> {
    const path = `/v1/containers/default/c1/attach${query}`;
    const socket = await this.connect(
      `GET ${path} HTTP/1.1\r\nHost: shim\r\nConnection: Upgrade\r\nUpgrade: holdfast/1\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString('latin1')).toContain(' 101 ');
    socket.pause();
    return socket;
  }

  /** Another client is served. */
  async expectService(): Promise<void> {
    const socket = await this.connect('GET /v1/version HTTP/1.1\r\nHost: shim\r\nConnection: close\r\n\r\n');
    expect((await readAll(socket)).toString()).toContain(' 200 ');
  }

  /** Closes every connection. */
  hangUp(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }

  /** Fails unless shimd is the same, has given back what it took, and the container's output and exit code are whole. */
  async expectUnharmed(): Promise<void> {
    this.hangUp();
    await this.expectService();
    await until('descriptors are closed', () => this.#usage().descriptors <= this.#before.descriptors);
    expect(this.#usage().memoryKb).toBeLessThan(this.#before.memoryKb + MEMORY_SLACK_KB);
    this.#container.go();
    expect((await this.bench.shimctl(['wait', 'c1'])).stdout).toBe('7');
    expect((await this.bench.ok('logs', 'c1')).trimEnd().endsWith('the end')).toBe(true);
    expect((await this.bench.inspect('c1')).shim.pid).toBe(this.#shimd);
  }

  go(name: string): void {
    this.#container.go(name);
  }

  #usage(): { descriptors: number; memoryKb: number } {
    const status = readFileSync(`/proc/${this.#shimd}/status`, 'utf8');
    return {
      descriptors: readdirSync(`/proc/${this.#shimd}/fd`).length,
      memoryKb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
    };
  }
}

/** All that comes until the connection is over, in whatever way. */
export function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  return new Promise((resolve) => {
    const end = (): void => resolve(Buffer.concat(chunks));
    socket.once('end', end).once('close', end);
  });
}

/** Sends as fast as the other side takes it. */
export async function sendBlocks(socket: Socket, block: Buffer, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) if (!socket.write(block)) await once(socket, 'drain');
}
