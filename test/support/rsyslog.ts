import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestCertificates } from './test-certificates.js';
import { until } from './until.js';

const PATHS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
/** Undefined: rsyslog is not installed. */
export const RSYSLOGD = PATHS.map((path) => join(path, 'rsyslogd')).find((path) => existsSync(path));
/** Between fields of the output: a character that no test writes. */
const SEPARATOR = '\x1e';

/** A message as rsyslog understood it. */
export interface RsyslogMessage {
  readonly priority: string;
  readonly tag: string;
  readonly data: string;
  /** latin1: one byte a character. */
  readonly text: string;
}

/** An rsyslogd of its own: config, sockets, pid file and output lie in one directory. */
export class Rsyslog {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-rsl-'));
  readonly #output = join(this.directory, 'messages');
  #process: ChildProcess | undefined;

  private constructor(
    private readonly ports: { readonly udp: number; readonly tcp: number; readonly tls: number },
    private readonly certificates: TestCertificates | undefined,
  ) {}

  static async start(certificates?: TestCertificates): Promise<Rsyslog> {
    const ports = { udp: await freeUdpPort(), tcp: await freePort(), tls: await freePort() };
    const rsyslog = new Rsyslog(ports, certificates);
    writeFileSync(join(rsyslog.directory, 'conf'), rsyslog.#config());
    await rsyslog.start();
    return rsyslog;
  }

  get udp(): string {
    return `udp://127.0.0.1:${this.ports.udp}`;
  }

  get tcp(): string {
    return `tcp://127.0.0.1:${this.ports.tcp}`;
  }

  get tls(): string {
    return `tcp+tls://127.0.0.1:${this.ports.tls}`;
  }

  get unixgram(): string {
    return `unixgram://${join(this.directory, 'log')}`;
  }

  async start(): Promise<void> {
    const args = ['-n', '-f', join(this.directory, 'conf'), '-i', join(this.directory, 'pid')];
    const child = spawn(RSYSLOGD!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    this.#process = child;
    await until('rsyslogd listens', () => {
      if (child.exitCode !== null) throw new Error(`rsyslogd has ended: ${said}`);
      return existsSync(join(this.directory, 'log')) && existsSync(join(this.directory, 'pid'));
    });
  }

  /** Lets it write what it has, and end. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  messages(): RsyslogMessage[] {
    if (!existsSync(this.#output)) return [];
    const lines = readFileSync(this.#output, 'latin1').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [priority = '', tag = '', data = '', ...text] = line.split(SEPARATOR);
      return { priority, tag, data, text: text.join(SEPARATOR) };
    });
  }

  /** Resolves once there are so many. */
  async texts(count: number, ms = 30_000): Promise<string[]> {
    const found = await until(
      `${count} messages in rsyslog's output`,
      () => {
        const messages = this.messages();
        return messages.length >= count ? messages : undefined;
      },
      ms,
    );
    return found.map(({ text }) => text);
  }

  #config(): string {
    const { directory, ports, certificates } = this;
    const driver = (mode: number): string =>
      `streamDriver.name="gtls" streamDriver.mode="${mode}" streamDriver.authMode="anon"`;
    const files =
      certificates &&
      `defaultNetstreamDriverCAFile="${certificates.ca}" defaultNetstreamDriverCertFile="${certificates.serverCert}" defaultNetstreamDriverKeyFile="${certificates.serverKey}"`;
    const template = ['%pri%', '%syslogtag%', '%structured-data%', '%msg%'].join(SEPARATOR);
    return [
      `global(workDirectory="${directory}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off" ${files ?? ''})`,
      'main_queue(queue.type="Direct")',
      'module(load="imuxsock" sysSock.use="off")',
      'module(load="imudp")',
      'module(load="imptcp")',
      ...(files === undefined
        ? []
        : [`module(load="imtcp" ${driver(1)})`, `input(type="imtcp" address="127.0.0.1" port="${ports.tls}")`]),
      `input(type="imptcp" address="127.0.0.1" port="${ports.tcp}")`,
      `input(type="imudp" address="127.0.0.1" port="${ports.udp}")`,
      `input(type="imuxsock" socket="${join(directory, 'log')}" createPath="off")`,
      `template(name="all" type="string" string="${template}\\n")`,
      `action(type="omfile" file="${this.#output}" template="all")`,
      '',
    ].join('\n');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
