import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Shims, type ContainerDocument } from '@holdfast/core/client';
import { isShimError } from '@holdfast/core/plugin';

const SHIMD = join(import.meta.dirname, '..', '..', 'packages', 'shimctl', 'dist', 'shimd.cjs');
const NAMESPACE = 'default';

/** The shims below a state root, as shimctl has them, without the start of a Node for each call. */
export class BenchShims {
  readonly #shims: Shims;

  /** `env`: of what is started, beside this process's own. */
  constructor(root: string, env: Readonly<Record<string, string>> = {}) {
    const environment = { ...process.env, ...env };
    const shimd = environment['HOLDFAST_TEST_SHIMD'] ?? SHIMD;
    const settings = ['--log-level', 'info', '--idle-timeout', '100'];
    const shimdCommand = (group: string) => ({
      program: process.execPath,
      args: [shimd, '--root', root, '--group', group, ...settings],
    });
    this.#shims = new Shims({ root, environment, shimdCommand });
  }

  list(): Promise<ContainerDocument[]> {
    return this.#closing(this.#shims.list(NAMESPACE));
  }

  async inspect(id: string): Promise<ContainerDocument> {
    const ref = { namespace: NAMESPACE, id };
    return this.#closing(this.#shims.forContainer(ref).inspect(ref));
  }

  /** Kills it, and leaves nothing of it. It may have gone by itself. */
  async remove(id: string): Promise<void> {
    const ref = { namespace: NAMESPACE, id };
    const request = { requestId: randomUUID(), force: true };
    try {
      await this.#closing(this.#shims.forContainer(ref).delete(ref, request));
    } catch (error) {
      if (!isShimError(error) || error.code !== 'SHIM_CONTAINER_NOT_FOUND') throw error;
    }
  }

  /** A connection that is kept would be one that shimd has open. */
  async #closing<T>(answer: Promise<T>): Promise<T> {
    return answer.finally(() => this.#shims.close());
  }
}
