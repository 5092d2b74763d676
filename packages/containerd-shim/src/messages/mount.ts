import { string, strings } from './wire/field.js';
import { message, type MessageOf } from './wire/message.js';

/** As mount(8) takes it: options are flags and data alike. */
export const Mount = message('containerd.types.Mount', {
  type: string(1),
  source: string(2),
  /** Below the rootfs; empty for the rootfs itself. */
  target: string(3),
  options: strings(4),
});
export type Mount = MessageOf<typeof Mount>;
