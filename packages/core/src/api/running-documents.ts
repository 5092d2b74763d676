import type { OutputDocument } from './counter-documents.js';
import type { ContainerRef } from './documents.js';

/** A process of a container, as the host sees it. Its command line is its own to choose and is not told here. */
export interface ProcessDocument {
  readonly pid: number;
  /** In the container's pid namespace. */
  readonly containerPid: number;
  /** 0 if its parent is outside of our pid namespace. */
  readonly ppid: number;
  /** Effective, as the host counts. */
  readonly uid: number;
  /** The kernel's letter: R, S, D, T, Z, … */
  readonly state: string;
  /** CPU time so far, milliseconds. */
  readonly cpuMs: number;
  /** Since its start, milliseconds. */
  readonly elapsedMs: number;
  /** Bytes in memory. */
  readonly residentBytes: number;
  /** At most 15 bytes, chosen by the process. */
  readonly name: string;
}

/** What a container uses, counted since it was created. A part is null if no cgroup counts it. */
export interface StatsDocument extends ContainerRef {
  readonly instance: string;
  /** When it was read, RFC 3339, UTC. */
  readonly time: string;
  /** The same on a clock that nobody sets, milliseconds: rates are differences of counters by differences of this. */
  readonly clockMs: number;
  readonly cpu: {
    readonly usageUs: number;
    /** Of the host. */
    readonly cpus: number;
  } | null;
  readonly memory: {
    /** Without the page cache that could be dropped at once. */
    readonly usageBytes: number;
    /** Null if there is none. */
    readonly limitBytes: number | null;
    readonly hostBytes: number;
  } | null;
  readonly pids: { readonly current: number; readonly limit: number | null } | null;
  readonly blockIo: { readonly readBytes: number; readonly writeBytes: number } | null;
  /** All interfaces but the loopback; null as well if the container shares the host's network. */
  readonly network: { readonly receivedBytes: number; readonly sentBytes: number } | null;
  /** Left out by earlier versions. */
  readonly output?: OutputDocument;
}

/** Body of `POST …/update`. */
export interface UpdateRequest {
  readonly requestId: string;
  /** The spec's `linux.resources`, of which only what is named changes. */
  readonly resources: Readonly<Record<string, unknown>>;
}
