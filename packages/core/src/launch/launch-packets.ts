/** Packets of docs/launcher.md: little-endian, each one message of a SEQPACKET socket. */

/** What this shimd understands. */
export const LAUNCH_VERSION = 1;
/** `HFLN`. */
const MAGIC = 0x4e4c4648;
export const REQUEST_HEADER_BYTES = 12;
const HEADER_BYTES = 4;
const OFFSET_BYTES = 8;
/** Bytes of output in one packet, at most. */
export const OUTPUT_BYTES = 32 << 10;

/** Types of what shimd sends. */
const PACKET = { ACCEPTED: 1, OUT: 2, EXIT: 3, REFUSED: 4 } as const;

/** Why a request is refused. The launcher then runs the Node program instead. */
export const REFUSAL = { VERSION: 1, MALFORMED: 2, PEER: 3, KIND: 4 } as const;
export type Refusal = (typeof REFUSAL)[keyof typeof REFUSAL];

/** A request that is not carried out. */
export class RefusedRequest extends Error {
  constructor(
    readonly reason: Refusal,
    message: string,
  ) {
    super(message);
    this.name = 'RefusedRequest';
  }
}

/** Bytes of the payload that the first packet announces. Throws {@link RefusedRequest}. */
export function readRequestHeader(packet: Buffer): number {
  if (packet.length < 8 || packet.readUInt32LE(0) !== MAGIC)
    throw new RefusedRequest(REFUSAL.MALFORMED, 'no request of a launcher');
  const [version, flags] = [packet.readUInt16LE(4), packet.readUInt16LE(6)];
  // Of another version nothing more is known than that.
  if (version !== LAUNCH_VERSION)
    throw new RefusedRequest(REFUSAL.VERSION, `a launcher of version ${version}, not ${LAUNCH_VERSION}`);
  if (packet.length !== REQUEST_HEADER_BYTES || flags !== 0)
    throw new RefusedRequest(REFUSAL.MALFORMED, `a header of ${packet.length} bytes with flags ${flags}`);
  return packet.readUInt32LE(8);
}

export function acceptedPacket(): Buffer {
  return headed(PACKET.ACCEPTED, LAUNCH_VERSION);
}

/** `offset`: bytes of the stream before these. */
export function outPacket(stream: 1 | 2, offset: number, bytes: Uint8Array): Buffer {
  const packet = headed(PACKET.OUT, stream, OFFSET_BYTES + bytes.length);
  packet.writeBigUInt64LE(BigInt(offset), HEADER_BYTES);
  packet.set(bytes, HEADER_BYTES + OFFSET_BYTES);
  return packet;
}

export function exitPacket(code: number): Buffer {
  return headed(PACKET.EXIT, code);
}

export function refusedPacket(reason: Refusal): Buffer {
  return headed(PACKET.REFUSED, reason);
}

function headed(type: number, detail: number, bytes = 0): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + bytes);
  packet.writeUInt16LE(type, 0);
  packet.writeUInt16LE(detail, 2);
  return packet;
}
