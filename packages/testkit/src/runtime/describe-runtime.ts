import { describe } from 'vitest';
import { makeRuntimeContext } from '../contexts/runtime-context.js';
import { FakeCommandRunner } from '../fakes/fake-command-runner.js';
import { definitionTests } from '../suite/definition-tests.js';
import { absentMethods, makeInstance } from '../suite/make-instance.js';
import { registerTests, type ConformanceTest } from '../suite/register-tests.js';
import { errorTests } from './error-tests.js';
import { execTests } from './exec-tests.js';
import { lifecycleTests } from './lifecycle-tests.js';
import { optionalTests } from './optional-tests.js';
import { RuntimePlayground } from './playground.js';
import { runtimeOptions, type RuntimeUnderTest } from './subject.js';

const OPTIONAL_METHODS = ['pause', 'resume', 'update', 'ps'];

/**
 * The conformance suite of a runtime plugin, on the real binary: needs root and a static busybox. A test also fails if it leaves
 * a container, a cgroup, a file or a warning behind. Tests of methods that the plugin does not have are skipped.
 */
export function describeRuntime(subject: RuntimeUnderTest): void {
  describe(`${subject.name} conforms to the contract of a runtime`, async () => {
    const { absent, options } = await probe(subject);
    registerTests<RuntimePlayground>({
      tests: [
        ...definitionTests(subject.definition, 'runtime', () => Promise.resolve(options)),
        ...runtimeTests(subject),
      ],
      absent,
      skip: subject.skip ?? [],
      open: () => RuntimePlayground.open(subject),
      close: (playground) => playground.close(),
    });
  });
}

function runtimeTests({ version = /./ }: RuntimeUnderTest): readonly ConformanceTest<RuntimePlayground>[] {
  return [...lifecycleTests(version), ...optionalTests, ...execTests, ...errorTests];
}

/** An instance is asked for its methods only. */
async function probe(subject: RuntimeUnderTest): Promise<{ absent: string[]; options: object }> {
  const context = await makeRuntimeContext(new FakeCommandRunner());
  try {
    const options = await runtimeOptions(subject, context.directory);
    const instance = await makeInstance(subject.definition, context, options);
    return { absent: absentMethods(instance, OPTIONAL_METHODS), options };
  } finally {
    await context.remove();
  }
}
