import type { CreateExecRequest, Handed } from '../api/documents.js';
import type { ExecSession } from '../exec/exec-session.js';
import type { Container } from './container.js';
import { checkLegal } from './state-machine.js';

/** Makes a session. One that this request has made is there for it even if the container has ended meanwhile. */
export async function createExec({ execs, status, id }: Container, request: CreateExecRequest): Promise<ExecSession> {
  const known = execs.find(request.execId)?.records.request.requestId === request.requestId;
  if (!known) checkLegal('exec', status, id);
  return execs.create(request);
}

/** Many at once: an exec waits for no other command. One that was started before is so even if the container has ended meanwhile. */
export async function startExec(
  { execs, status, id }: Container,
  execId: string,
  handed: Handed,
): Promise<ExecSession> {
  if (execs.find(execId)?.begun !== true) checkLegal('exec', status, id);
  return execs.start(execId, handed);
}
