import { randomBytes } from 'node:crypto';
import type { LogBatch, LoggedContainer } from '@holdfast/core/plugin';
import { LogDriverHost, textBatch, type TestLogDriverContext } from '@holdfast/testkit';
import type { SyslogLogDriver } from '../../src/driver.js';
import syslog from '../../src/index.js';
import { optionsSchema, type SyslogOptions } from '../../src/options/schema.js';

export const NEVER = new AbortController().signal;

export interface TestLogOptions extends Partial<LoggedContainer> {
  readonly callTimeoutMs?: number;
}

/** The options of a config that says `given`. */
export function optionsOf(given: Partial<SyslogOptions>): SyslogOptions {
  const defaults = Object.entries(optionsSchema.properties).flatMap(([name, property]) =>
    'default' in property ? [[name, property.default]] : [],
  );
  return { ...(Object.fromEntries(defaults) as SyslogOptions), ...given };
}

/** A driver of a container of its own, called as the host calls it. */
export class TestLog {
  readonly id = `c${randomBytes(4).toString('hex')}`;
  readonly #sequence = { stdout: 0, stderr: 0 };

  private constructor(
    private readonly host: LogDriverHost,
    readonly context: TestLogDriverContext,
    readonly driver: SyslogLogDriver,
  ) {}

  static async make(options: Partial<SyslogOptions>, container: TestLogOptions = {}): Promise<TestLog> {
    const host = await LogDriverHost.open();
    const context = host.context(container);
    return new TestLog(host, context, syslog.create(context, optionsOf(options)) as SyslogLogDriver);
  }

  static async open(options: Partial<SyslogOptions>, container: TestLogOptions = {}): Promise<TestLog> {
    const log = await TestLog.make(options, container);
    await log.driver.open(NEVER);
    return log;
  }

  /** Writes one batch; on a failure what was not taken is the next one's to write. */
  async write(texts: readonly string[], stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    const batch = textBatch(texts, { stream, sequence: this.#sequence[stream] });
    let taken = batch.count;
    try {
      await this.driver.write(batch);
    } catch (error) {
      taken -= (error as { lost: number }).lost;
      throw error;
    } finally {
      this.#sequence[stream] += taken;
    }
  }

  batch(texts: readonly string[]): LogBatch {
    return textBatch(texts);
  }

  /** Records that are known to be lost. */
  async close(): Promise<number> {
    const { lost } = await this.driver.close('drained', NEVER);
    await this.host.close();
    return lost;
  }
}

/** `line 0` and so on. */
export function lines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}\n`);
}
