import type { HostReply, HostRequest } from './messages.js';

/** The way to a host that runs. */
export interface HostLink {
  /** `transfer`: buffers that are given away and not copied, where that is possible. */
  send(request: HostRequest, transfer: readonly ArrayBuffer[]): void;
  /** Ends it at once; `onEnd` is called then. */
  kill(): void;
}

/** Who hears of a host. */
export interface HostListener {
  onReply(reply: HostReply): void;
  /** Once: no more replies will come. `why` in a few words. */
  onEnd(why: string): void;
}

/** Starts a host. */
export type StartHost = (listener: HostListener) => HostLink;
