import type { ContainerRef, ExecRef, FrontEndHost, ProcessHandle } from '@holdfast/core';
import { isShimError } from '@holdfast/core/plugin';
import type { Listener } from '../listen/listener.js';
import { coreNamespace } from '../names.js';
import type { Creates } from './creates.js';
import type { ExecStarts } from './exec-starts.js';
import type { FailedExecs } from './failed-execs.js';
import type { GoneTasks } from './gone-tasks.js';
import type { RememberedAnswers } from './remembered-answers.js';

/** What is known of tasks beside their containers. */
export interface SharedByTasks {
  readonly creates: Creates;
  readonly starts: ExecStarts;
  readonly failed: FailedExecs;
  readonly answers: RememberedAnswers;
  readonly gone: GoneTasks;
}

/** What serving the tasks of one namespace takes. */
export class TaskContext {
  readonly namespace: string;

  constructor(
    readonly host: FrontEndHost,
    readonly listener: Listener,
    /** Of all namespaces of the group. */
    private readonly shared: SharedByTasks,
  ) {
    this.namespace = coreNamespace(listener);
  }

  get creates(): Creates {
    return this.shared.creates;
  }

  get failed(): FailedExecs {
    return this.shared.failed;
  }

  get answers(): RememberedAnswers {
    return this.shared.answers;
  }

  /** It was deleted, and is not just being made again. */
  isGone(ref: ContainerRef): boolean {
    return this.shared.gone.has(ref) && !this.shared.creates.isRunning(ref);
  }

  get starts(): ExecStarts {
    return this.shared.starts;
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
