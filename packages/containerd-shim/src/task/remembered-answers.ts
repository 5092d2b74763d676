import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ExitStatus } from './exit-status.js';

/** Calls whose answer was perhaps not sent yet: more than can be under way at once. */
const MOST = 256;

/** What is left of a process that was deleted. */
export interface DeletedProcess extends ExitStatus {
  readonly pid: number;
}

type Saved = [callId: string, pid: number, exitStatus: number, seconds: string, nanos: number];

/**
 * Answers of `Delete`, by call: when shimd is killed between the deed and the answer, the next one is asked again, and what it would be asked about
 * is gone.
 */
export class RememberedAnswers {
  readonly #answers: Map<string, DeletedProcess>;

  constructor(private readonly file: string) {
    this.#answers = new Map(read(file));
  }

  find(callId: string): DeletedProcess | undefined {
    return this.#answers.get(callId);
  }

  /** Written before the deed. */
  remember(callId: string, answer: DeletedProcess): void {
    this.#answers.set(callId, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST) break;
      this.#answers.delete(oldest);
    }
    const saved = [...this.#answers].map(([id, { pid, exitStatus, exitedAt }]): Saved => {
      return [id, pid, exitStatus, String(exitedAt.seconds), exitedAt.nanos];
    });
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(saved), { mode: 0o600 });
      renameSync(`${this.file}.new`, this.file);
    } catch {
      // A full disk: what is to be deleted frees space.
    }
  }
}

/** Without the file, or with one that a full disk has cut off, nothing is remembered. */
function read(file: string): [string, DeletedProcess][] {
  try {
    const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved[];
    return saved.map(([id, pid, exitStatus, seconds, nanos]) => {
      return [id, { pid, exitStatus, exitedAt: { seconds: BigInt(seconds), nanos } }];
    });
  } catch {
    return [];
  }
}
