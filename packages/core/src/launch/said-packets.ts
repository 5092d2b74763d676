/** What a launcher of version 2 or 3 says after its request: docs/launcher.md. */

const SAID = {
  ...{ IN: 101, IN_END: 102, SIGNAL: 103, WINDOW: 104, PRINTED: 105, UNPRINTABLE: 106 },
  ...{ TOLD: 107, HEARD: 108, DETACHED: 109, CLOSED: 110 },
} as const;
const HEADER_BYTES = 4;
const OFFSET_BYTES = 8;
/** Bytes of input in one packet, at most. */
export const PART_BYTES = 32 << 10;
export const SAID_BYTES = HEADER_BYTES + OFFSET_BYTES + PART_BYTES;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
const MOST_CELLS = 65_535;

export type Said =
  | { readonly what: 'input'; readonly offset: number; readonly bytes: Buffer }
  | { readonly what: 'input-end'; readonly offset: number }
  | { readonly what: 'signal'; readonly signal: number; readonly number: number }
  | { readonly what: 'size'; readonly rows: number; readonly columns: number }
  | { readonly what: 'printed'; readonly stream: 1 | 2; readonly offset: number }
  | { readonly what: 'unprintable'; readonly stream: 1 | 2; readonly errno: number }
  | StandingSaid;

/** Of version 3. */
export type StandingSaid =
  | { readonly what: 'told'; readonly fd: number; readonly number: number; readonly errno: number }
  | { readonly what: 'heard'; readonly fd: number; readonly number: number; readonly byte: boolean }
  | { readonly what: 'detached'; readonly pid: number }
  | { readonly what: 'closed'; readonly number: number };

/** Undefined for what makes no sense. */
export function readSaid(packet: Buffer): Said | undefined {
  if (packet.length < HEADER_BYTES) return undefined;
  const [type, detail] = [packet.readUInt16LE(0), packet.readUInt16LE(2)];
  const body = packet.subarray(HEADER_BYTES);
  switch (type) {
    case SAID.IN:
      return readInput(body);
    case SAID.IN_END:
      return withOffset(body, (offset) => ({ what: 'input-end', offset }));
    case SAID.SIGNAL:
      if (body.length !== 4 || detail < 1 || detail > 64) return undefined;
      return { what: 'signal', signal: detail, number: body.readUInt32LE(0) };
    case SAID.WINDOW:
      return readSize(body);
    case SAID.PRINTED:
      return withStream(detail, (stream) => withOffset(body, (offset) => ({ what: 'printed', stream, offset })));
    case SAID.UNPRINTABLE:
      return withStream(detail, (stream) => withOffset(body, (errno) => ({ what: 'unprintable', stream, errno })));
    case SAID.TOLD:
      return withWords(body, 2, ([number = 0, errno = 0]) => ({ what: 'told', fd: detail, number, errno }));
    case SAID.HEARD:
      return withWords(body, 2, ([number = 0, byte]) => ({ what: 'heard', fd: detail, number, byte: byte === 1 }));
    case SAID.DETACHED:
      return withWords(body, 1, ([pid = 0]) => (pid < 2 ? undefined : { what: 'detached', pid }));
    case SAID.CLOSED:
      return body.length === 0 ? { what: 'closed', number: detail } : undefined;
    default:
      return undefined;
  }
}

function readInput(body: Buffer): Said | undefined {
  const bytes = body.subarray(OFFSET_BYTES);
  if (bytes.length === 0 || bytes.length > PART_BYTES) return undefined;
  return withOffset(body.subarray(0, OFFSET_BYTES), (offset) => ({ what: 'input', offset, bytes: Buffer.from(bytes) }));
}

function readSize(body: Buffer): Said | undefined {
  if (body.length !== 8) return undefined;
  const [rows, columns] = [body.readUInt32LE(0), body.readUInt32LE(4)];
  return rows > MOST_CELLS || columns > MOST_CELLS ? undefined : { what: 'size', rows, columns };
}

function withOffset(body: Buffer, said: (offset: number) => Said): Said | undefined {
  if (body.length !== OFFSET_BYTES) return undefined;
  const offset = body.readBigUInt64LE(0);
  return offset > LARGEST ? undefined : said(Number(offset));
}

function withWords(body: Buffer, count: number, said: (words: number[]) => Said | undefined): Said | undefined {
  if (body.length !== 4 * count) return undefined;
  return said(Array.from({ length: count }, (_, i) => body.readUInt32LE(4 * i)));
}

function withStream(detail: number, said: (stream: 1 | 2) => Said | undefined): Said | undefined {
  return detail === 1 || detail === 2 ? said(detail) : undefined;
}
