import type { DatagramSender } from '../plugin/datagram-sender.js';
import type { EventPoller } from '../stdio/event-poller.js';
import { UnixDatagramSender } from './unix-datagram-sender.js';

/** Makes the datagram senders of shimd, which wait with its one poller. */
export class DatagramSenders {
  constructor(private readonly poller: Pick<EventPoller, 'watchWritable'>) {}

  /** A sender to the Unix datagram socket at `path`. */
  forPath(path: string): DatagramSender {
    return new UnixDatagramSender(path, this.poller);
  }
}
