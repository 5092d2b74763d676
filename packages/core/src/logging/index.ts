/** What the host lends to log drivers: for composition roots and for tests of drivers. */
export { EventPoller } from '../stdio/event-poller.js';
export { DatagramSenders } from './datagram-senders.js';
export { FileLanes } from './file-lanes.js';
