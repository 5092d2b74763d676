import { describe } from 'vitest';
import { LogDriverHost } from '../contexts/log-driver-host.js';
import { definitionTests } from '../suite/definition-tests.js';
import { absentMethods, makeInstance } from '../suite/make-instance.js';
import { registerTests } from '../suite/register-tests.js';
import { LogBench } from './log-bench.js';
import { logDriverTests } from './log-driver-tests.js';
import { logOptions, type LogDriverUnderTest } from './subject.js';

const OPTIONAL_METHODS = ['open', 'reopen', 'read', 'gap'];
const TROUBLES = ['full', 'hang'] as const;

/**
 * The conformance suite of a log driver plugin. Instances are made with the lanes and datagram senders of the host; reading is done by
 * instances that cannot write. A test also fails if it leaves a file open or if the driver warned. Tests of methods that the plugin
 * does not have, and of troubles that the subject cannot make, are skipped.
 */
export function describeLogDriver(subject: LogDriverUnderTest): void {
  describe(`${subject.name} conforms to the contract of a log driver`, async () => {
    const { absent, options } = await probe(subject);
    const untried = TROUBLES.filter((name) => subject.troubles?.[name] === undefined).map((name) => `troubles.${name}`);
    registerTests<LogBench>({
      tests: [
        ...definitionTests(subject.definition, 'log-driver', () => Promise.resolve(options)),
        ...logDriverTests(subject),
      ],
      absent: [...absent, ...untried],
      skip: subject.skip ?? [],
      open: () => LogBench.open(subject),
      close: (bench) => bench.close(),
    });
  });
}

/** An instance is asked for its methods only. */
async function probe(subject: LogDriverUnderTest): Promise<{ absent: string[]; options: object }> {
  const host = await LogDriverHost.open();
  try {
    const context = host.context();
    const options = await logOptions(subject, context);
    const instance = await makeInstance(subject.definition, context, options);
    return { absent: absentMethods(instance, OPTIONAL_METHODS), options };
  } finally {
    await host.close();
  }
}
