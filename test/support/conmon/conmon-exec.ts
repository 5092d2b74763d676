import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConmonContainer } from './conmon-container.js';
import type { ConmonCall } from './conmon-call.js';

export interface ExecOptions {
  readonly api?: 0 | 1;
  /** It waits for a client, and for a second byte. */
  readonly attach?: boolean;
  readonly terminal?: boolean;
  readonly flags?: readonly string[];
  readonly log?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let count = 0;

/** An exec session, as podman makes one. */
export class ConmonExec {
  readonly session = `session${++count}`;
  readonly bundle: string;
  readonly pidFile: string;
  readonly exitDir: string;
  readonly call: ConmonCall;

  constructor(
    container: ConmonContainer,
    args: readonly string[],
    { api = 1, attach = false, terminal = false, flags = [], log = 'none', env = {} }: ExecOptions = {},
  ) {
    this.bundle = join(container.place, this.session);
    this.pidFile = join(this.bundle, 'exec_pid');
    this.exitDir = join(this.bundle, 'exit');
    mkdirSync(this.exitDir, { recursive: true });
    const spec = join(this.bundle, 'process.json');
    const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
    writeFileSync(spec, JSON.stringify({ args, cwd: '/', env: [path], terminal, user: { uid: 0, gid: 0 } }));
    const own = ['-e', '--exec-process-spec', spec, '-p', this.pidFile, '-l', log, '--exit-dir', this.exitDir];
    const newer = api === 1 ? ['-u', this.session, '-b', this.bundle, '--full-attach'] : [];
    const more = [...(attach ? ['--exec-attach'] : []), ...(terminal ? ['-t'] : [])];
    this.call = container.run([...container.flags(api), ...own, ...newer, ...more, ...flags], {
      pipes: attach ? ['sync', 'start', 'attach'] : ['sync', 'start'],
      env,
    });
  }
}
