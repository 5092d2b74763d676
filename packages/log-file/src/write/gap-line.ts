import type { LogLoss } from '@holdfast/core/plugin';
import { gapText } from '../gap-text.js';
import { GAP_ATTR } from './json-attrs.js';
import { shortTimestamp, timestamp, type Zone } from './timestamp.js';

/** A loss as a line of a log, with its newline. The container cannot write such a line: tags and attributes are the driver's. */
export function criGapLine(loss: LogLoss, zone?: Zone): string {
  return `${timestamp(loss.to, zone)} ${loss.stream} F:gap ${gapText(loss)}\n`;
}

/** `attrs`: what each record gets. */
export function jsonGapLine(loss: LogLoss, attrs = '{}'): string {
  const all = { ...(JSON.parse(attrs) as object), [GAP_ATTR]: String(loss.records) };
  const { stream, to } = loss;
  const line = { log: `${gapText(loss)}\n`, stream, attrs: all, time: shortTimestamp(to) };
  return `${JSON.stringify(line)}\n`;
}

export function rawGapLine(loss: LogLoss): string {
  return `${gapText(loss)}\n`;
}
