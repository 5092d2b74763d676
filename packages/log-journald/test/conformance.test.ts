import journald from '@holdfast/log-journald';
import { describeLogDriver } from '@holdfast/testkit';
import { afterAll } from 'vitest';
import { PrivateJournald } from '../../../test/support/journald.js';

const own = await PrivateJournald.start();
afterAll(() => own.remove());

describeLogDriver({
  name: 'the journald driver, on a journald of its own',
  definition: journald,
  options: { namespace: own.namespace },
  troubles: {
    hang: () => {
      own.signal('SIGSTOP');
      return Promise.resolve(() => Promise.resolve(own.signal('SIGCONT')));
    },
  },
  unusable: () => ({ namespace: 'no-such-journal' }),
});
