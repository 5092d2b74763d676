import { isDeepStrictEqual } from 'node:util';
import {
  NOTHING_LOST,
  STATE_SCHEMA,
  type ExitRecord,
  type RequestRecord,
  type RuntimeRecord,
} from './container-record.js';
import type { ContainerRef } from '../api/documents.js';
import { checkRequest, checkRuntime } from './check-records.js';
import type { RecordStore } from './record-store.js';

const REQUEST_KEYS = [
  'namespace',
  'id',
  'instance',
  'group',
  'requestId',
  'bootId',
  'bundle',
  'runtimeBundle',
  'config',
] as const;
const RUNTIME_KEYS = ['phase', 'pid', 'startTime', 'requests', 'lost'] as const;

export const NEW_RUNTIME_RECORD: RuntimeRecord = {
  schema: STATE_SCHEMA,
  phase: 'creating',
  pid: 0,
  startTime: '0',
  startedAt: null,
  stdinClosed: false,
  primaryAttached: false,
  requests: [],
  lost: NOTHING_LOST,
};

/** The three records of one container, in memory and on disk. */
export class ContainerRecords {
  constructor(
    readonly store: RecordStore,
    readonly request: RequestRecord,
    private current: RuntimeRecord,
    private ended: ExitRecord | undefined,
  ) {}

  /** Reads back those of the container `ref`; undefined if it was never recorded. Throws as {@link RecordStore.read}. */
  static async load(store: RecordStore, ref: ContainerRef): Promise<ContainerRecords | undefined> {
    const request = await ContainerRecords.readRequest(store, ref);
    if (request === undefined) return undefined;
    const runtime = await store.read<RuntimeRecord>('runtime.json', RUNTIME_KEYS);
    const exit = await store.read<ExitRecord>('exit.json', ['exitedAt', 'drained']);
    if (runtime !== undefined) checkRuntime(runtime, store.path('runtime.json'));
    return new ContainerRecords(store, request, runtime ?? NEW_RUNTIME_RECORD, exit);
  }

  /** The first of them alone; undefined and throws as {@link load}. */
  static async readRequest(store: RecordStore, ref: ContainerRef): Promise<RequestRecord | undefined> {
    const request = await store.read<RequestRecord>('request.json', REQUEST_KEYS);
    if (request !== undefined) checkRequest(request, ref, store.path('request.json'));
    return request;
  }

  get runtime(): RuntimeRecord {
    return this.current;
  }

  get exit(): ExitRecord | undefined {
    return this.ended;
  }

  /** Durable once it resolves. */
  update(change: Partial<RuntimeRecord>): Promise<void> {
    this.current = { ...this.current, ...change };
    return this.store.write('runtime.json', this.current);
  }

  /** Records an intent, and that the request was begun. */
  begin(requestId: string, change: Partial<RuntimeRecord>): Promise<void> {
    return this.update({ ...change, requests: [...this.current.requests.slice(-31), requestId] });
  }

  /** Writes nothing if that is what is recorded. */
  async recordLost(lost: RuntimeRecord['lost']): Promise<void> {
    if (!isDeepStrictEqual(lost, this.current.lost)) await this.update({ lost });
  }

  /** Resolves once it is durable. Shown at once: a state directory without space must not hide that the process has ended. */
  async recordExit(exit: ExitRecord): Promise<void> {
    this.ended = exit;
    await this.store.write('exit.json', exit);
  }
}
