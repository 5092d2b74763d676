import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode, Runtime } from '@holdfast/core/plugin';
import type { OciCommand } from '@holdfast/runtime-oci';
import { FakeCommandRunner, makeRuntimeContext, type TestRuntimeContext } from '@holdfast/testkit';
import { createRuntime } from './plugin-options.js';

/** What a real runtime left behind when a command failed. Only the paths were shortened. */
export interface RecordedError {
  readonly when: string;
  readonly command: OciCommand;
  readonly exit: number;
  /** Lines of its JSON log. */
  readonly log: readonly string[];
  /** Captured stderr; with `create` and `exec` it is the container's, and not captured. */
  readonly stderr?: string;
  readonly code: ErrorCode;
}

const IO = { stdin: 3, stdout: 4, stderr: 5, owner: 'test' };

/** Plays each recorded failure to the plugin and checks the code it makes of it. */
export function describeRecordedErrors(title: string, plugin: unknown, table: readonly RecordedError[]): void {
  describe(title, () => {
    let context: TestRuntimeContext;
    beforeEach(async () => {
      context = await makeRuntimeContext(new FakeCommandRunner());
    });
    afterEach(() => context.remove());

    it.each(table)('$command, $when: $code', async ({ command, exit, log, stderr = '', code }) => {
      const runner = new FakeCommandRunner({ code: exit, log: log.map((line) => `${line}\n`).join(''), stderr });
      const runtime = createRuntime(plugin, { ...context, runner }, { path: 'runtime' });
      const error: unknown = await call(runtime, command, context.directory)?.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code, where: `runtime ${command} web` });
    });
  });
}

function call(runtime: Runtime, command: OciCommand, directory: string): Promise<unknown> | undefined {
  const pidFile = `${directory}/pid`;
  switch (command) {
    case 'create':
      return runtime.create({ id: 'web', bundle: '/bundle', pidFile }, IO);
    case 'exec':
      return runtime.exec('web', { execId: 'e1', processFile: '/process.json', pidFile }, IO);
    case 'kill':
      return runtime.kill('web', 9);
    case 'update':
      return runtime.update?.('web', {});
    case 'start':
    case 'delete':
    case 'state':
    case 'pause':
    case 'resume':
    case 'ps':
      return runtime[command]?.('web');
  }
}
