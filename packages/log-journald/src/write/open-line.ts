import { randomBytes } from 'node:crypto';

/** How far a line has got. */
export interface LineState {
  readonly id: string | undefined;
  readonly ordinal: number;
  readonly priority: string;
}

/** A line of which pieces were logged and more is to come. */
export class OpenLine {
  #id: string | undefined;
  #ordinal = 0;
  /** Of the line's beginning, for all its pieces. */
  priority = '';

  /** `marks`: a piece says that the line goes on. */
  constructor(private readonly marks: boolean) {}

  /** As it is now, for {@link restore}. */
  save(): LineState {
    return { id: this.#id, ordinal: this.#ordinal, priority: this.priority };
  }

  restore({ id, ordinal, priority }: LineState): void {
    this.#id = id;
    this.#ordinal = ordinal;
    this.priority = priority;
  }

  get isOpen(): boolean {
    return this.#id !== undefined;
  }

  /** Docker's fields for a piece of a line in several; none for a line in one. */
  fields(partial: boolean): string {
    if (!partial && this.#id === undefined) return '';
    this.#id ??= randomBytes(16).toString('hex');
    const piece = `CONTAINER_PARTIAL_ID=${this.#id}\nCONTAINER_PARTIAL_ORDINAL=${++this.#ordinal}\n`;
    if (partial) return `${this.marks ? 'CONTAINER_PARTIAL_MESSAGE=true\n' : ''}${piece}CONTAINER_PARTIAL_LAST=false\n`;
    this.#close();
    return `${piece}CONTAINER_PARTIAL_LAST=true\n`;
  }

  /** Pieces were lost; the last one of them was `partial` or not. */
  skip(partial: boolean): void {
    this.#close();
    if (partial) this.fields(true);
  }

  #close(): void {
    this.#id = undefined;
    this.#ordinal = 0;
    this.priority = '';
  }
}
