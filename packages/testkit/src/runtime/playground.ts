import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildStdio, CreateRequest, ExecProcessRequest, OciState, Runtime } from '@holdfast/core/plugin';
import { makeRuntimeContext, type TestRuntimeContext } from '../contexts/runtime-context.js';
import { childProcessRunner } from '../fakes/child-process-runner.js';
import { makeInstance } from '../suite/make-instance.js';
import { until } from '../suite/until.js';
import { makeBundle, makeRootfs, processOf, type BundleOptions } from './bundle.js';
import { runtimeOptions, type RuntimeUnderTest } from './subject.js';

const CGROUP_ROOTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/unified'];

/** What a test may choose of a container. */
export type ContainerOptions = Omit<BundleOptions, 'cgroup'>;

/** A real runtime with a place for containers, which are all gone after {@link RuntimePlayground.close}. */
export class RuntimePlayground {
  readonly #ids = new Map<string, string>();
  readonly #files: FileHandle[] = [];

  private constructor(
    readonly runtime: Runtime,
    readonly context: TestRuntimeContext,
  ) {}

  static async open(subject: RuntimeUnderTest): Promise<RuntimePlayground> {
    const context = await makeRuntimeContext(childProcessRunner);
    await makeRootfs(join(context.directory, 'rootfs'), subject.busybox);
    const options = await runtimeOptions(subject, context.directory);
    return new RuntimePlayground(await makeInstance(subject.definition, context, options), context);
  }

  /** An id that no other test uses, and a create request for it. */
  async request(options: ContainerOptions = {}): Promise<CreateRequest> {
    const id = `t${randomBytes(6).toString('hex')}`;
    const cgroup = `holdfast-test-${id}`;
    this.#ids.set(id, cgroup);
    const bundle = await makeBundle(join(this.context.directory, id), { ...options, cgroup: `/${cgroup}` });
    return { id, bundle, pidFile: join(bundle, 'pid') };
  }

  /** A created container. */
  async created(options: ContainerOptions = {}): Promise<string> {
    const request = await this.request(options);
    await this.runtime.create(request, await this.stdio(request.id));
    return request.id;
  }

  /** A running container. */
  async running(options: ContainerOptions = {}): Promise<string> {
    const id = await this.created(options);
    await this.runtime.start(id);
    return id;
  }

  /** A container whose init was killed and reaped. */
  async stopped(): Promise<string> {
    const id = await this.running();
    await this.runtime.kill(id, 9);
    await this.untilStatus(id, 'stopped');
    return id;
  }

  /** A request to run `args` in the container `id`. */
  async execRequest(id: string, args: readonly string[], terminal = false): Promise<ExecProcessRequest> {
    const processFile = join(this.context.directory, id, 'process.json');
    await writeFile(processFile, JSON.stringify(processOf(args, terminal)));
    return { execId: 'e1', processFile, pidFile: join(this.context.directory, id, 'exec.pid') };
  }

  /** stdin from /dev/null; stdout and stderr into the file that {@link untilOutput} reads. */
  async stdio(name: string): Promise<ChildStdio> {
    const stdin = await this.#open('/dev/null', 'r');
    const out = await this.#open(this.#outputFile(name), 'a');
    return { stdin: stdin.fd, stdout: out.fd, stderr: out.fd, owner: `test ${name}` };
  }

  /** All output so far, once it contains `wanted`. */
  untilOutput(name: string, wanted: string): Promise<string> {
    return until(`output "${wanted}"`, async () => {
      const text = await readFile(this.#outputFile(name), 'utf8');
      return text.includes(wanted) ? text : undefined;
    });
  }

  /** The state, once it is `status`: a killed init is a zombie until somebody has reaped it. */
  untilStatus(id: string, status: OciState['status']): Promise<OciState> {
    return until(`status ${status}`, async () => {
      const state = await this.runtime.state(id);
      return state.status === status ? state : undefined;
    });
  }

  /** Deletes every container by force and tells what is left nevertheless. */
  async close(): Promise<string[]> {
    const { root, scratch, logger } = this.context;
    try {
      const deletions = [...this.#ids.keys()].map((id) => this.runtime.delete(id, { force: true }));
      const failures = (await Promise.allSettled(deletions)).filter((deletion) => deletion.status === 'rejected');
      const groups = [...this.#ids.values()].flatMap((name) => CGROUP_ROOTS.map((parent) => join(parent, name)));
      const left = [
        ...(await readdir(root)),
        ...(await readdir(scratch)),
        ...groups.filter((path) => existsSync(path)),
      ];
      return [...left, ...logger.complaints(), ...failures.map(({ reason }) => String(reason))];
    } finally {
      for (const file of this.#files) await file.close();
      await this.context.remove();
    }
  }

  async #open(path: string, flags: string): Promise<FileHandle> {
    const file = await open(path, flags);
    this.#files.push(file);
    return file;
  }

  #outputFile(name: string): string {
    return join(this.context.directory, `${name}.out`);
  }
}
