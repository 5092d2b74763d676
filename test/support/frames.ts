/** Frames of the attach protocol, as docs/openapi.json describes them: written down here once more, as another client would. */
export const ERROR_FRAME = 4;
export const OUTPUT_FRAME = 1;
export const STDIN_FRAME = 16;
export const RESIZE_FRAME = 18;

/** A frame; `length` is what its header says. */
export function frame(type: number, payload: Buffer = Buffer.alloc(0), length = payload.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt8(type, 0);
  header.writeUInt32LE(length, 4);
  return Buffer.concat([header, payload]);
}

export function resizeFrame(rows: number, columns: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt16LE(rows, 0);
  payload.writeUInt16LE(columns, 2);
  return frame(RESIZE_FRAME, payload);
}
