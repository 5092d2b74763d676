import type { ConfiguredRuntime } from '@holdfast/core/config';
import type { Check, Finding, Subject } from '../../../src/cli/doctor/check.js';
import { FakeSystem } from './fake-system.js';

/** A runtime of a config. */
export function runtime(name: string, options: Record<string, unknown> = {}, chosen = true): ConfiguredRuntime {
  const plugin = name === 'crun' ? 'crun' : 'runc';
  return { name, chosen, plugin: { plugin, path: null, version: '9.8.7', options: { path: plugin, ...options } } };
}

export const SUBJECT: Subject = {
  root: '/run/holdfast',
  logRoot: '/var/log/holdfast',
  group: 'default',
  runtimes: [runtime('runc')],
  logs: [{ driver: 'file', options: {} }],
};

/** What a check finds on a healthy machine with these changes. */
export async function examine(
  check: Check,
  change: (system: FakeSystem) => unknown = () => undefined,
  subject: Partial<Subject> = {},
): Promise<Finding[]> {
  const system = new FakeSystem();
  change(system);
  return [await check(system, { ...SUBJECT, ...subject })].flat();
}

/** `verdict name` of findings. */
export function verdicts(findings: readonly Finding[]): string[] {
  return findings.map(({ verdict, name }) => `${verdict} ${name}`);
}
