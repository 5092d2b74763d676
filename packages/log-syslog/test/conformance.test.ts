import { describeLogDriver } from '@holdfast/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { TestCertificates } from '../../../test/support/test-certificates.js';
import { readableThrough } from './support/readable.js';
import { Receiver, type ReceiverKind } from './support/receiver.js';

const certificates = new TestCertificates('syslog.test');
afterAll(() => certificates.remove());

const OPTIONS: Readonly<Record<ReceiverKind, object>> = {
  udp: {},
  tcp: {},
  'tcp+tls': { ca: certificates.ca },
  unix: { format: 'rfc5424micro' },
  unixgram: { format: 'rfc5424micro' },
};
const NOBODY: Readonly<Record<ReceiverKind, string>> = {
  udp: 'udp://no-such-host.invalid',
  tcp: 'tcp://127.0.0.1:1',
  'tcp+tls': 'tcp+tls://127.0.0.1:1',
  unix: 'unix:///nowhere/socket',
  unixgram: 'unixgram:///nowhere/socket',
};
/** The receiver has no log: it shows what came. */
const NOT_THE_DRIVERS = {
  reason: 'a syslog server is not read back: the test reads what its own receiver got, which keeps no log',
  tests: [/^follows/, /^stops following/, /^is followed/, /^reads the last lines/, /tail/],
};

/** The suite cuts a lane off, and this driver has none: the connection of the one that is "killed" goes on beside the next one's. */
const TWO_CONNECTIONS = {
  reason: 'what two connections carry comes in any order',
  tests: [/^keeps whole records when the shim is killed/],
};
const IN_ORDER: readonly ReceiverKind[] = ['udp', 'unixgram'];

describe.each(Object.keys(OPTIONS) as ReceiverKind[])('over %s', (kind) => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start(kind, { certificates });
  });
  afterAll(async () => {
    await receiver.stop();
    receiver.remove();
  });

  describeLogDriver({
    name: `the syslog driver over ${kind}`,
    definition: readableThrough(() => receiver),
    options: () => ({ ...OPTIONS[kind], address: receiver?.address ?? NOBODY[kind] }),
    unusable: () => ({ address: NOBODY[kind] }),
    timeResolution: 1000n,
    skip: IN_ORDER.includes(kind) ? [NOT_THE_DRIVERS] : [NOT_THE_DRIVERS, TWO_CONNECTIONS],
  });
});
