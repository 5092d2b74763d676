import type { LogLoss } from '@holdfast/core/plugin';
import { element } from './structured-data.js';
import { timestampOf } from './timestamp.js';

const REASON_LIMIT = 64;

/** What a message about missing records says; ASCII. */
export function gapText({ stream, records, bytes, reason }: LogLoss): string {
  return `holdfast: ${records} ${records === 1 ? 'record' : 'records'} (${bytes} bytes) of ${stream} lost: ${plain(reason)}`;
}

/** The same as structured data; ASCII. */
export function gapElement(loss: LogLoss, enterpriseNumber: string): string {
  return element(`gap@${enterpriseNumber}`, [
    ['stream', loss.stream],
    ['records', String(loss.records)],
    ['bytes', String(loss.bytes)],
    ['reason', plain(loss.reason)],
    ['from', timestampOf('rfc5424micro', loss.from)],
    ['to', timestampOf('rfc5424micro', loss.to)],
  ]);
}

function plain(reason: string): string {
  return reason.replace(/[^ -~]/gu, '_').slice(0, REASON_LIMIT);
}
