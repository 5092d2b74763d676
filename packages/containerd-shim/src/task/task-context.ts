import type { ContainerRef, ExecRef, FrontEndHost, ProcessHandle } from '@holdfast/core';
import { isShimError } from '@holdfast/core/plugin';
import type { Listener } from '../listen/listener.js';
import { coreNamespace } from '../names.js';
import type { FailedExecs } from './failed-execs.js';
import type { RememberedAnswers } from './remembered-answers.js';

/** What serving the tasks of one namespace takes. */
export class TaskContext {
  readonly namespace: string;

  constructor(
    readonly host: FrontEndHost,
    readonly listener: Listener,
    readonly failed: FailedExecs,
    readonly answers: RememberedAnswers,
  ) {
    this.namespace = coreNamespace(listener);
  }

  ref(id: string): ContainerRef {
    return { namespace: this.namespace, id };
  }

  execRef(id: string, execId: string): ExecRef {
    return { namespace: this.namespace, id, execId };
  }

  /** The container's init, or one of its execs. Throws SHIM_CONTAINER_NOT_FOUND or SHIM_EXEC_NOT_FOUND. */
  process({ id, execId }: { readonly id: string; readonly execId: string }): ProcessHandle {
    return this.host.process(execId === '' ? this.ref(id) : this.execRef(id, execId));
  }

  /** Undefined if there is none. */
  find(id: string): ProcessHandle | undefined {
    try {
      return this.host.process(this.ref(id));
    } catch (error) {
      if (isShimError(error) && error.code === 'SHIM_CONTAINER_NOT_FOUND') return undefined;
      throw error;
    }
  }
}
