import journald from '@holdfast/log-journald';
import { describeLogDriver } from '@holdfast/testkit';
import { afterAll, beforeAll } from 'vitest';
import { PrivateJournald } from '../../../test/support/journald.js';

let own: PrivateJournald | undefined;
// Not when the file is read: one of whose tests none is run would have nobody to end it.
beforeAll(async () => {
  own = await PrivateJournald.start();
});
afterAll(() => own?.remove());

describeLogDriver({
  name: 'the journald driver, on a journald of its own',
  definition: journald,
  // Asked for once before there is one, to see what the driver can do.
  options: () => ({ namespace: own?.namespace ?? 'none-yet' }),
  troubles: {
    hang: () => {
      own!.signal('SIGSTOP');
      return Promise.resolve(() => Promise.resolve(own!.signal('SIGCONT')));
    },
  },
  unusable: () => ({ namespace: 'no-such-journal' }),
});
