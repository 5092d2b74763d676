import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ExitStatus } from './exit-status.js';

/** Calls whose answer was perhaps not sent yet: more than can be under way at once. */
const MOST = 256;
/** The file is written anew before it has more. */
const MOST_LINES = 4 * MOST;

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
  /** Written to the file since it was read; what it held then may be an earlier version's, or torn. */
  #lines = MOST_LINES;

  constructor(private readonly file: string) {
    this.#answers = new Map(read(file).slice(-MOST));
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
    try {
      this.#write(callId, answer);
    } catch {
      // A full disk: what is to be deleted frees space.
    }
  }

  #write(callId: string, answer: DeletedProcess): void {
    if (this.#lines >= MOST_LINES) return this.#writeAnew();
    // Until it has been written whole, the next line must not be put behind it.
    const lines = this.#lines + 1;
    this.#lines = MOST_LINES;
    appendFileSync(this.file, lineOf([callId, answer]), { mode: 0o600 });
    this.#lines = lines;
  }

  #writeAnew(): void {
    writeFileSync(`${this.file}.new`, [...this.#answers].map(lineOf).join(''), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
    this.#lines = this.#answers.size;
  }
}

function lineOf([callId, { pid, exitStatus, exitedAt }]: [string, DeletedProcess]): string {
  const saved: Saved = [callId, pid, exitStatus, String(exitedAt.seconds), exitedAt.nanos];
  return `${JSON.stringify(saved)}\n`;
}

/** Without the file nothing is remembered, and not what a full disk has cut off. */
function read(file: string): [string, DeletedProcess][] {
  try {
    return readFileSync(file, 'utf8').split('\n').flatMap(answersOf);
  } catch {
    return [];
  }
}

function answersOf(line: string): [string, DeletedProcess][] {
  try {
    const found = JSON.parse(line) as Saved | Saved[];
    // An earlier version wrote all of them in one line.
    const all = Array.isArray(found[0]) ? (found as Saved[]) : [found as Saved];
    return all.map(([id, pid, exitStatus, seconds, nanos]) => {
      return [id, { pid, exitStatus, exitedAt: { seconds: BigInt(seconds), nanos } }];
    });
  } catch {
    return [];
  }
}
