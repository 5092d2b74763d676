import type * as messages from '../messages/index.js';
import { SPEC_URL } from '../messages/index.js';
import { statsOf } from '../stats/task-stats.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { createTask } from './create-task.js';
import { deleteProcess } from './delete-process.js';
import { execTask, jsonOf, startProcess } from './exec-task.js';
import { killProcess } from './kill-process.js';
import { pidsOf } from './pids.js';
import type { TaskContext } from './task-context.js';
import type { TaskContext as Call, TaskService } from './task-service.js';
import { stateOf } from './task-state.js';
import { waitFor } from './wait.js';

/** As much as the kernel's struct winsize holds. */
const MOST_CELLS = 65_535;

/** containerd's task API for the tasks of one namespace. A call that comes again after a restart of shimd does nothing twice. */
export class Tasks implements TaskService {
  constructor(private readonly context: TaskContext) {}

  state(request: messages.StateRequest) {
    return stateOf(this.context, request);
  }

  create(request: messages.CreateTaskRequest, { callId }: Call) {
    return createTask(this.context, request, callId);
  }

  start(request: messages.StartRequest, { callId }: Call) {
    return startProcess(this.context, request, callId);
  }

  delete(request: messages.DeleteRequest, { callId }: Call) {
    return deleteProcess(this.context, request, callId);
  }

  pids(request: messages.PidsRequest) {
    return pidsOf(this.context, request);
  }

  async pause({ id }: messages.PauseRequest, { callId }: Call): Promise<void> {
    await this.#service.pause(this.context.ref(id), { requestId: callId });
  }

  async resume({ id }: messages.ResumeRequest, { callId }: Call): Promise<void> {
    await this.#service.resume(this.context.ref(id), { requestId: callId });
  }

  checkpoint(): Promise<void> {
    const message = 'checkpoints are not supported by io.containerd.holdfast.v1';
    return Promise.reject(new TtrpcError(CODE.Unimplemented, message));
  }

  kill(request: messages.KillRequest, { callId }: Call): Promise<void> {
    return killProcess(this.context, request, callId);
  }

  exec(request: messages.ExecProcessRequest, { callId }: Call): Promise<void> {
    return execTask(this.context, request, callId);
  }

  async resizePty({ id, execId, width, height }: messages.ResizePtyRequest, { callId }: Call): Promise<void> {
    for (const cells of [width, height])
      if (cells > MOST_CELLS) throw new TtrpcError(CODE.InvalidArgument, `${cells} is no size of a terminal`);
    const size = { requestId: callId, rows: height, columns: width };
    if (execId === '') await this.#service.resize(this.context.ref(id), size);
    else await this.#service.resizeExec(this.context.execRef(id, execId), size);
  }

  /** May come after the end, and must succeed then. */
  async closeIO({ id, execId, stdin }: messages.CloseIORequest): Promise<void> {
    if (!stdin || this.context.failed.find(this.context.execRef(id, execId)) !== undefined) return;
    await this.context.process({ id, execId }).closeStdin();
  }

  async update({ id, resources }: messages.UpdateTaskRequest, { callId }: Call): Promise<void> {
    const wanted = jsonOf(resources, SPEC_URL.LINUX_RESOURCES);
    await this.#service.update(this.context.ref(id), { requestId: callId, resources: wanted });
  }

  wait(request: messages.WaitRequest) {
    return waitFor(this.context, request);
  }

  stats(request: messages.StatsRequest) {
    return statsOf(this.context, request);
  }

  /** Of a task that is not there too, since it may be about to be created; but not of one that was deleted. */
  connect({ id }: messages.ConnectRequest): Promise<messages.InitOf<typeof messages.ConnectResponse>> {
    const task = this.context.find(id);
    if (task === undefined && this.context.isGone(this.context.ref(id)))
      return Promise.reject(new TtrpcError(CODE.NotFound, `task ${id} was deleted: not found`));
    const taskPid = task?.pid ?? 0;
    return Promise.resolve({ shimPid: process.pid, taskPid, version: this.context.host.version });
  }

  /** This shim serves others too, and leaves by itself when there is nothing left. */
  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  get #service() {
    return this.context.host.service;
  }
}
