import type { StreamName } from '@holdfast/core/plugin';

/** A message of RFC 5424, taken apart. */
export interface StrictMessage {
  readonly priority: number;
  readonly time: bigint;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: StreamName | 'gap';
  readonly data: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Bytes, a byte order mark included. */
  readonly text: Buffer;
  readonly length: number;
}

const HEADER =
  /^<(0|[1-9][0-9]{0,2})>1 ([0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,6}))?Z ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /;
const NAME = /^[!#-<>-\\^-~]{1,32}$/;

/** Reads a message as the grammar of RFC 5424, section 6 has it. Throws on the first byte that does not fit. */
export function strictMessage(bytes: Buffer): StrictMessage {
  const chars = bytes.toString('latin1');
  const found = HEADER.exec(chars);
  if (found === null) throw new Error(`no header of RFC 5424: ${JSON.stringify(chars.slice(0, 200))}`);
  const [all, priority, seconds, fraction = '', hostname, appName, procId, msgId] = found as unknown as string[];
  if (Number(priority) > 191) throw new Error(`no priority: ${priority}`);
  const { data, end } = structuredData(chars, all!.length);
  if (end < chars.length && chars[end] !== ' ') throw new Error(`no space before MSG: ${chars.slice(end, end + 20)}`);
  return {
    priority: Number(priority),
    time: BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(6, '0')) * 1000n,
    hostname: hostname!,
    appName: appName!,
    procId: procId!,
    msgId: msgId as StreamName,
    data,
    text: bytes.subarray(end + 1),
    length: bytes.length,
  };
}

function structuredData(chars: string, from: number): { data: Map<string, Map<string, string>>; end: number } {
  const data = new Map<string, Map<string, string>>();
  if (chars[from] === '-') return { data, end: from + 1 };
  let at = from;
  while (chars[at] === '[') {
    const id = /^[^ \]]*/.exec(chars.slice(at + 1))![0];
    if (!NAME.test(id) || data.has(id)) throw new Error(`no SD-ID, or one for the second time: ${id}`);
    const params = new Map<string, string>();
    at += 1 + id.length;
    while (chars[at] === ' ') {
      const param = /^ ([^=]*)="((?:[^"\\\]]|\\["\\\]])*)"/.exec(chars.slice(at, at + 5000));
      if (param === null || !NAME.test(param[1]!)) throw new Error(`no SD-PARAM: ${chars.slice(at, at + 80)}`);
      const value = param[2]!.replace(/\\(["\\\]])/g, '$1');
      params.set(param[1]!, new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1')));
      at += param[0].length;
    }
    if (chars[at] !== ']') throw new Error(`the element ${id} is not closed: ${chars.slice(at, at + 20)}`);
    data.set(id, params);
    at++;
  }
  if (at === from) throw new Error(`no STRUCTURED-DATA: ${chars.slice(from, from + 20)}`);
  return { data, end: at };
}
