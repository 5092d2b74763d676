import { native } from '@holdfast/native';
import type { DatagramSender } from '../plugin/datagram-sender.js';
import type { SendingLane } from './datagram-thread.js';
import { UnixDatagramSender } from './unix-datagram-sender.js';

/** Makes the datagram senders of shimd. Each has a thread of its own while its receiver is slower than it. */
export class DatagramSenders {
  constructor(private readonly makeLane: () => SendingLane = () => new native.Lane()) {}

  /** A sender to the Unix datagram socket at `path`. */
  forPath(path: string): DatagramSender {
    return new UnixDatagramSender(path, this.makeLane);
  }
}
