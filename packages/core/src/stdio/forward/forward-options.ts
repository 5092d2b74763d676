import type { ForwardedStdio } from '../../api/documents.js';
import type { IoServices } from '../process-io.js';
import type { Dropped } from './drop-bytes.js';

/** What is forwarded of one process. */
export interface ForwardOptions {
  readonly forward: ForwardedStdio;
  /** As `ProcessIoOptions.key`. */
  readonly key: string;
  /** All output is stdout then. */
  readonly terminal: boolean;
  readonly onDropped: (dropped: Dropped) => void;
}

/** The name under which the keeper holds a forwarded end. */
export function heldName(key: string, name: string): string {
  return `${key}/forward-${name}`;
}

/** What is held under `name`, the caller's to close; undefined if nothing is. */
export function held({ keeper }: IoServices, name: string): Promise<number | undefined> {
  return keeper.fetch(name).catch(() => undefined);
}

/** Without waiting: a keeper that does not answer has gone, and holds nothing. */
export function letDrop({ keeper }: IoServices, name: string): void {
  keeper.drop(name).catch(() => undefined);
}
