import { CODE, TtrpcError } from './codes.js';
import { Response } from './envelope.js';
import { MAX_FRAME_DATA, type ReceivedFrame } from './frame.js';

/** The payload of a response frame. Throws the status if it tells of a failure. */
export function readResponse(frame: ReceivedFrame): Uint8Array {
  refuseOversized(frame);
  const { status, payload } = Response.decode(frame.data);
  if (status !== undefined && status.code !== CODE.OK) throw new TtrpcError(status.code, status.message);
  return payload;
}

export function refuseOversized({ oversized }: ReceivedFrame): void {
  if (!oversized) return;
  throw new TtrpcError(CODE.ResourceExhausted, `the response is longer than ${MAX_FRAME_DATA} bytes`);
}
