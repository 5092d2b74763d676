import type { ExitDocument } from '../api/documents.js';
import type { ForwardedStdio } from '../api/forward-documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import type { ExecSession } from '../exec/exec-session.js';
import type { Container } from '../lifecycle/container.js';
import type { Containers } from '../lifecycle/containers.js';
import type { AttachHub } from '../stdio/attach-hub.js';
import type { ContainerIo } from '../stdio/container-io.js';
import type { FrontEndHost } from './front-end.js';

/** A container's init or an exec'd process, as a front end in shimd sees it. */
export interface ProcessHandle {
  /** Of the container. */
  readonly bundle: string;
  /** As recorded: 0 before it is there, and its last one once it has ended. */
  readonly pid: number;
  readonly terminal: boolean;
  readonly forward: ForwardedStdio | undefined;
  /** Where init was created; undefined of an exec. */
  readonly cgroups: ContainerCgroups | undefined;
  /** Undefined: it has not ended. */
  readonly exit: ExitDocument | undefined;
  /** It was started, or is about to be. */
  readonly begun: boolean;
  /** Resolves as soon as the exit is recorded, output or not. Never for one that is removed before it has run. */
  readonly exited: Promise<ExitDocument>;
  /** Resolves once its output has ended as well, and what logs it. */
  readonly drained: Promise<ExitDocument>;
  /** No more input comes. What came before is passed on. */
  closeStdin(): Promise<void>;
  /** As of {@link AttachHub}. */
  readonly hub: AttachHub;
  /** As of {@link ContainerIo}. */
  readonly io: Pick<ContainerIo, 'writeStdin' | 'resize'>;
  /** Of the container: `killed` is called after each kill for want of memory, and at once if there was one. */
  onOomKill(killed: () => void): () => void;
  /** Has the log drivers open their files anew. Of an exec it does nothing. */
  reopenLogs(): Promise<void>;
}

/** The part of a front end's host that needs the containers themselves. */
export function processHandles(containers: Containers): Pick<FrontEndHost, 'create' | 'process' | 'execIds'> {
  return {
    create: async (request, { prepare, ...making }) => {
      const prepared = prepare && ((container: Container) => prepare(containerHandle(container)));
      await containers.create(request, { ...making, ...(prepared && { prepare: prepared }) });
      return containers.inspect(request);
    },
    process: (ref) => {
      const container = containers.get(ref);
      return 'execId' in ref ? execHandle(container.execs.get(ref.execId), container) : containerHandle(container);
    },
    execIds: (ref) => containers.get(ref).execs.ids,
  };
}

function containerHandle(container: Container): ProcessHandle {
  const { records, exited, drained } = container;
  return {
    bundle: records.request.bundle,
    pid: records.runtime.pid,
    terminal: records.request.terminal === true,
    forward: records.request.forward,
    cgroups: records.runtime.cgroups,
    exit: records.exit,
    begun: records.runtime.startedAt !== null,
    exited,
    drained,
    closeStdin: () => container.closeStdin(),
    hub: container.hub,
    io: container.io,
    onOomKill: (killed) => container.oom.watch(killed),
    reopenLogs: () => container.logs.reopen(),
  };
}

function execHandle(session: ExecSession, container: Container): ProcessHandle {
  const { records, exited, drained, begun } = session;
  return {
    bundle: container.records.request.bundle,
    pid: records.runtime.pid,
    terminal: records.request.terminal === true,
    forward: records.request.forward,
    cgroups: undefined,
    exit: records.exit,
    begun,
    exited,
    drained,
    closeStdin: () => session.closeStdin(),
    hub: session.hub,
    io: session.io,
    onOomKill: (killed) => container.oom.watch(killed),
    reopenLogs: () => Promise.resolve(),
  };
}
