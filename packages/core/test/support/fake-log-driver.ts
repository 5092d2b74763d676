import { definePlugin, type PluginDefinition } from '../../src/plugin/define-plugin.js';
import type { LogBatch } from '../../src/plugin/log-batch.js';
import type { LogDriver } from '../../src/plugin/log-driver.js';
import type { LogDriverContext } from '../../src/plugin/plugin-context.js';

/** Keeps what it gets, and fails or waits as a test says. */
export class FakeLogDriver implements LogDriver {
  readonly calls: string[] = [];
  readonly records: { stream: string; text: string; partial: boolean }[] = [];
  context: LogDriverContext | undefined;
  onOpen: () => void | Promise<void> = () => undefined;
  onWrite: (batch: LogBatch) => void | Promise<void> = () => undefined;
  onFlush: () => void | Promise<void> = () => undefined;
  onClose: () => number | Promise<number> = () => 0;

  get definition(): PluginDefinition<'log-driver'> {
    const create = (context: LogDriverContext): LogDriver => {
      this.context = context;
      return this;
    };
    return definePlugin({ kind: 'log-driver', name: 'fake', apiVersion: 1, optionsSchema: { type: 'object' }, create });
  }

  /** The records as `stream:text`, a partial one without its newline mark `|`. */
  get lines(): string[] {
    return this.records.map(({ stream, text, partial }) => `${stream}:${text}${partial ? '' : '|'}`);
  }

  async open(): Promise<void> {
    this.calls.push('open');
    await this.onOpen();
  }

  write(batch: LogBatch): void | Promise<void> {
    this.calls.push('write');
    const result = this.onWrite(batch);
    for (let i = 0; i < batch.count; i++) {
      const { stream, bytes, partial } = batch.record(i);
      this.records.push({ stream, text: bytes.toString(), partial });
    }
    return result;
  }

  async flush(): Promise<void> {
    this.calls.push('flush');
    await this.onFlush();
  }

  async close(reason: string): Promise<{ lost: number }> {
    this.calls.push(`close ${reason}`);
    return { lost: await this.onClose() };
  }
}
