import { bytes, embedded, int32, int64, repeated, string } from '../messages/wire/field.js';
import { message, type MessageOf } from '../messages/wire/message.js';
import { Any } from '../messages/well-known.js';

export const KeyValue = message('ttrpc.KeyValue', { key: string(1), value: string(2) });

/** The data of a request frame. */
export const Request = message('ttrpc.Request', {
  service: string(1),
  method: string(2),
  payload: bytes(3),
  /** From when it is read; 0 and less: none. */
  timeoutNano: int64(4),
  metadata: repeated(5, KeyValue),
});
export type Request = MessageOf<typeof Request>;

export const Status = message('google.rpc.Status', { code: int32(1), message: string(2), details: repeated(3, Any) });
export type Status = MessageOf<typeof Status>;

/** The data of a response frame. Without a status it is a success. */
export const Response = message('ttrpc.Response', { status: embedded(1, Status), payload: bytes(2) });
export type Response = MessageOf<typeof Response>;
