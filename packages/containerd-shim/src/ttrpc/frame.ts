export const HEADER_SIZE = 10;
/** Of the data of one frame. */
export const MAX_FRAME_DATA = 4 * 1024 * 1024;

export const FRAME_TYPE = { REQUEST: 1, RESPONSE: 2, DATA: 3 } as const;

export const FLAG = {
  /** The sender sends no more on this stream. */
  REMOTE_CLOSED: 0x01,
  /** The sender of this request sends data after it. */
  REMOTE_OPEN: 0x02,
  NO_DATA: 0x04,
  /** The keeper has discarded a frame that was too long, and passes its header on with length 0. */
  DISCARDED: 0x80,
} as const;

export interface Frame {
  readonly stream: number;
  /** One of {@link FRAME_TYPE}; others are to be passed over. */
  readonly type: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** A frame as it arrives. */
export interface ReceivedFrame extends Frame {
  /** It was longer than {@link MAX_FRAME_DATA}: its data is gone. */
  readonly oversized: boolean;
}

export function encodeHeader({ stream, type, flags, data }: Frame): Buffer {
  const header = Buffer.allocUnsafe(HEADER_SIZE);
  header.writeUInt32BE(data.length, 0);
  header.writeUInt32BE(stream, 4);
  header.writeUInt8(type, 8);
  header.writeUInt8(flags, 9);
  return header;
}
