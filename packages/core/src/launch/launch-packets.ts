/** Packets of docs/launcher.md: little-endian, each one message of a SEQPACKET socket. */

/** What this shimd understands: the first takes all input with its request, the second streams, the third stays as well. */
export const LAUNCH_VERSION = 1;
export const STREAMS_VERSION = 2;
export const STANDING_VERSION = 3;
export type LaunchVersion = typeof LAUNCH_VERSION | typeof STREAMS_VERSION | typeof STANDING_VERSION;
/** `HFLN`. */
const MAGIC = 0x4e4c4648;
export const REQUEST_HEADER_BYTES = 12;
const HEADER_BYTES = 4;
const OFFSET_BYTES = 8;
/** Bytes of output in one packet, at most. */
export const OUTPUT_BYTES = 32 << 10;
/** Of a message for a descriptor. */
export const PACKET_BYTES = 32 << 10;

/** Bytes of one stream that may be on their way. */
export const STREAM_ROOM = 256 << 10;

/** Types of what shimd sends. */
const PACKET = {
  ...{ ACCEPTED: 1, OUT: 2, EXIT: 3, REFUSED: 4 },
  ...{ TAKEN: 5, SIGNALS: 6, RAW: 7, TOKEN: 8, HANDLED: 9, INPUT: 10 },
  ...{ TELL: 11, LISTEN: 12, DETACH: 13, RELEASE: 14, CLOSE: 15 },
} as const;

/** Why a request is refused. The launcher then runs the Node program instead. */
export const REFUSAL = { VERSION: 1, MALFORMED: 2, PEER: 3, KIND: 4, ELSEWHERE: 5 } as const;
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

/** What the first packet says. */
export interface RequestHeader {
  readonly version: LaunchVersion;
  /** Of the payload. */
  readonly bytes: number;
}

/** Throws {@link RefusedRequest}. */
export function readRequestHeader(packet: Buffer): RequestHeader {
  if (packet.length < 8 || packet.readUInt32LE(0) !== MAGIC)
    throw new RefusedRequest(REFUSAL.MALFORMED, 'no request of a launcher');
  const [version, flags] = [packet.readUInt16LE(4), packet.readUInt16LE(6)];
  // Of another version nothing more is known than that.
  if (!isKnown(version)) throw new RefusedRequest(REFUSAL.VERSION, `a launcher of version ${version}, not 1, 2 or 3`);
  if (packet.length !== REQUEST_HEADER_BYTES || flags !== 0)
    throw new RefusedRequest(REFUSAL.MALFORMED, `a header of ${packet.length} bytes with flags ${flags}`);
  return { version, bytes: packet.readUInt32LE(8) };
}

function isKnown(version: number): version is LaunchVersion {
  return version === LAUNCH_VERSION || version === STREAMS_VERSION || version === STANDING_VERSION;
}

export function acceptedPacket(): Buffer {
  return headed(PACKET.ACCEPTED, LAUNCH_VERSION);
}

/** `signals`: bits of those that are to be passed on. */
export function acceptedStreamPacket(signals: bigint, version: LaunchVersion = STREAMS_VERSION): Buffer {
  return withU64(PACKET.ACCEPTED, version, signals);
}

/** The `number`th message that is to be written to a descriptor of the launcher, from 1 on. */
export function tellPacket(fd: number, number: number, message: Uint8Array): Buffer {
  const packet = headed(PACKET.TELL, fd, 4 + message.length);
  packet.writeUInt32LE(number, HEADER_BYTES);
  packet.set(message, HEADER_BYTES + 4);
  return packet;
}

/** The launcher is to read the `number`th byte from a descriptor. */
export function listenPacket(fd: number, number: number): Buffer {
  const packet = headed(PACKET.LISTEN, fd, 4);
  packet.writeUInt32LE(number, HEADER_BYTES);
  return packet;
}

/** The launcher is to become a process of its own session, which its caller does not wait for. */
export function detachPacket(): Buffer {
  return headed(PACKET.DETACH, 0);
}

/** The launcher's caller need not wait any more. */
export function releasePacket(keepStdio: boolean): Buffer {
  return headed(PACKET.RELEASE, keepStdio ? 1 : 0);
}

/** The launcher is to close some of its descriptors, and to say `number` then. */
export function closePacket(number: number, fds: readonly number[]): Buffer {
  const packet = headed(PACKET.CLOSE, number, 4 * fds.length);
  for (const [i, fd] of fds.entries()) packet.writeUInt32LE(fd, HEADER_BYTES + 4 * i);
  return packet;
}

export function signalsPacket(signals: bigint): Buffer {
  return withU64(PACKET.SIGNALS, 0, signals);
}

/** Input up to `offset` has been taken. */
export function takenPacket(offset: number): Buffer {
  return withU64(PACKET.TAKEN, 0, BigInt(offset));
}

export function rawPacket(raw: boolean): Buffer {
  return headed(PACKET.RAW, raw ? 1 : 0);
}

export function tokenPacket(token: string): Buffer {
  return Buffer.concat([headed(PACKET.TOKEN, 0), Buffer.from(token)]);
}

/** Signals up to that number have been handled. */
export function handledPacket(number: number): Buffer {
  const packet = headed(PACKET.HANDLED, 0, 4);
  packet.writeUInt32LE(number, HEADER_BYTES);
  return packet;
}

/** The launcher is to read its stdin. */
export function inputPacket(): Buffer {
  return headed(PACKET.INPUT, 1);
}

/** `offset`: bytes of the stream before these. */
export function outPacket(stream: 1 | 2, offset: number, bytes: Uint8Array): Buffer {
  const packet = headed(PACKET.OUT, stream, OFFSET_BYTES + bytes.length);
  packet.writeBigUInt64LE(BigInt(offset), HEADER_BYTES);
  packet.set(bytes, HEADER_BYTES + OFFSET_BYTES);
  return packet;
}

/** `hurried`, for version 2: what is not printed yet is of no interest. */
export function exitPacket(code: number, hurried?: boolean): Buffer {
  const packet = headed(PACKET.EXIT, code, hurried === undefined ? 0 : 1);
  if (hurried === true) packet[HEADER_BYTES] = 1;
  return packet;
}

export function refusedPacket(reason: Refusal): Buffer {
  return headed(PACKET.REFUSED, reason);
}

function withU64(type: number, detail: number, value: bigint): Buffer {
  const packet = headed(type, detail, 8);
  packet.writeBigUInt64LE(value, HEADER_BYTES);
  return packet;
}

function headed(type: number, detail: number, bytes = 0): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + bytes);
  packet.writeUInt16LE(type, 0);
  packet.writeUInt16LE(detail, 2);
  return packet;
}
