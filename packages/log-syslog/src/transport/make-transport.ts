import type { LogDriverContext } from '@holdfast/core/plugin';
import type { Settings } from '../options/settings.js';
import { StreamTransport } from './stream-transport.js';
import type { Notice, Transport } from './transport.js';
import { UdpTransport } from './udp-transport.js';
import { UnixgramTransport } from './unixgram-transport.js';

/** The way to the address; nothing is connected. */
export function makeTransport(
  { address, tls }: Pick<Settings, 'address' | 'tls'>,
  context: Pick<LogDriverContext, 'datagrams'>,
  notice: Notice,
): Transport {
  switch (address.kind) {
    case 'udp':
      return new UdpTransport(address, notice);
    case 'unixgram':
      return new UnixgramTransport(() => context.datagrams(address.path));
    case 'tcp':
    case 'tls':
    case 'unix':
      return new StreamTransport(address, tls, notice);
  }
}
