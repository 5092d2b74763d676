import type { LogDriver } from '@holdfast/core/plugin';
import { LogDriverHost, type LogDriverContextOptions, type TestLogDriverContext } from '@holdfast/testkit';
import { onTestFinished } from 'vitest';
import { OtlpReceiver } from '../../../../test/support/otlp-receiver.js';
import type { OtlpOptions } from '../../src/options/schema.js';
import plugin from '../../src/index.js';

export const NEVER = new AbortController().signal;

export const DEFAULTS: OtlpOptions = {
  endpoint: 'http://localhost:4318',
  protocol: 'http/protobuf',
  headers: {},
  compression: 'none',
  timeout: '10s',
  serviceName: '{{.Name}}',
  resource: {},
  severity: 'stream',
};

/** A driver that is open, until the test ends. */
export interface OpenLog {
  readonly driver: Required<Pick<LogDriver, 'gap'>> & LogDriver;
  readonly context: TestLogDriverContext;
}

/** A collector, until the test ends. */
export async function startReceiver(...args: Parameters<typeof OtlpReceiver.start>): Promise<OtlpReceiver> {
  const receiver = await OtlpReceiver.start(...args);
  onTestFinished(() => receiver.close());
  return receiver;
}

export async function openLog(
  options: Partial<OtlpOptions>,
  container: LogDriverContextOptions = {},
): Promise<OpenLog> {
  const host = await LogDriverHost.open();
  const context = host.context(container);
  const driver = plugin.create(context, { ...DEFAULTS, ...options }) as OpenLog['driver'];
  onTestFinished(async () => {
    await driver.close('deleted', NEVER);
    await host.close();
  });
  await driver.open?.(NEVER);
  return { driver, context };
}

/** A receiver and a driver that sends to it. */
export async function connectedLog(
  options: Partial<OtlpOptions> = {},
  container: LogDriverContextOptions = {},
): Promise<OpenLog & { receiver: OtlpReceiver }> {
  const receiver = await startReceiver();
  return { receiver, ...(await openLog({ endpoint: receiver.url, ...options }, container)) };
}

/** `line 0` and so on. */
export function lines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}\n`);
}

/** The same without newlines. */
export function bare(texts: readonly string[]): string[] {
  return texts.map((text) => text.replace(/\n$/, ''));
}
