import {
  STATE_SCHEMA,
  type ExecRequestRecord,
  type ExecRuntimeRecord,
  type ExitRecord,
} from '../state/container-record.js';
import type { RecordStore } from '../state/record-store.js';

export const NEW_EXEC_RUNTIME: ExecRuntimeRecord = {
  schema: STATE_SCHEMA,
  phase: 'created',
  pid: 0,
  startTime: '0',
  deadline: null,
  stdinClosed: false,
  timedOut: false,
};

/** The records of one exec session, in memory and on disk. */
export class ExecRecords {
  constructor(
    readonly store: RecordStore,
    readonly request: ExecRequestRecord,
    private current: ExecRuntimeRecord = NEW_EXEC_RUNTIME,
    private ended: ExitRecord | undefined = undefined,
  ) {}

  /** Reads them back; undefined if the session was never recorded. Throws as {@link RecordStore.read}. */
  static async load(store: RecordStore): Promise<ExecRecords | undefined> {
    const request = await store.read<ExecRequestRecord>('request.json', ['execId', 'requestId', 'stdin', 'timeoutMs']);
    if (request === undefined) return undefined;
    const runtime = await store.read<ExecRuntimeRecord>('runtime.json', ['phase', 'pid', 'startTime', 'deadline']);
    const exit = await store.read<ExitRecord>('exit.json', ['exitedAt', 'drained']);
    return new ExecRecords(store, request, runtime ?? NEW_EXEC_RUNTIME, exit);
  }

  get runtime(): ExecRuntimeRecord {
    return this.current;
  }

  get exit(): ExitRecord | undefined {
    return this.ended;
  }

  /** Durable once it resolves. */
  update(change: Partial<ExecRuntimeRecord>): Promise<void> {
    this.current = { ...this.current, ...change };
    return this.store.write('runtime.json', this.current);
  }

  /** As of a container: shown at once, durable when it resolves. */
  async recordExit(exit: ExitRecord): Promise<void> {
    this.ended = exit;
    await this.store.write('exit.json', exit);
  }
}
