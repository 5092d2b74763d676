import type { ConfigPath } from './config-path.js';

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A config file as a parser of its format leaves it. */
export interface ParsedDocument {
  readonly value: unknown;
  /** Where the key or the value at `path` stands; of the nearest one above it if the document has no such path. */
  position(path: ConfigPath, at: 'key' | 'value'): Position;
}

/** Parses one format. Throws or rejects with SHIM_CONFIG_SYNTAX, the message starting with `FILE:LINE:COL`. */
export type ConfigParser = (text: string, file: string) => ParsedDocument | Promise<ParsedDocument>;
