import { asShimError, isShimError, type ShimError } from '@holdfast/core/plugin';
import type { Colours } from './colour.js';
import { escapeLines, stringifyJson } from './escape.js';

const LONGEST_CHAIN = 8;

/** How an error is shown. */
export interface ErrorStyle {
  readonly colours: Colours;
  readonly json: boolean;
  /** Shows the chain of causes. */
  readonly causes: boolean;
}

/** An error as text for stderr: never a stack trace. */
export function formatError(error: unknown, style: ErrorStyle): string {
  const shown = asShimError(error);
  if (style.json) return `${stringifyJson({ error: shown.toJSON() }, 'compact')}\n`;
  const { colours } = style;
  const lines = [`${colours.error('shimctl:')} ${indent(shown.message)} ${colours.faint(`(${shown.code})`)}`];
  if (shown.where !== undefined) lines.push(`  at: ${indent(shown.where)}`);
  lines.push(`  try: ${indent(shown.remedy)}`);
  if (style.causes) lines.push(...causeLines(shown));
  return `${lines.join('\n')}\n`;
}

function causeLines(error: ShimError): string[] {
  const lines: string[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && cause !== null && lines.length < LONGEST_CHAIN) {
    lines.push(`  caused by: ${indent(describe(cause))}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

function describe(cause: unknown): string {
  if (isShimError(cause)) return `${cause.message} (${cause.code})`;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

/** Messages may quote a runtime or a plugin: they may have many lines and hold anything. */
function indent(text: string): string {
  return escapeLines(text.trimEnd()).replaceAll('\n', '\n    ');
}
