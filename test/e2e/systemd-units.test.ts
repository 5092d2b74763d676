import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { KEEPER_PATH } from '@holdfast/core/client';
import { valueOf } from '../support/exposition.js';
import { SHIMCTL, Workbench } from '../support/workbench.js';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples', 'systemd');
const UNITS = readdirSync(EXAMPLES).sort();
const ANALYZE = KEEPER_PATH.split(delimiter)
  .map((directory) => join(directory, 'systemd-analyze'))
  .find(existsSync);
/** What an older systemd doesn't know yet. */
const KNOWN_LATER = /Unknown key(?: name)? 'DelegateSubgroup'/;

/** The arguments of every shimctl that a unit runs. */
function commandsOf(unit: string): string[][] {
  const lines = readFileSync(join(EXAMPLES, unit), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const command = /^Exec\w+=[-+!]*\/usr\/bin\/shimctl (.+)$/.exec(line)?.[1];
    return command === undefined ? [] : [command.split(' ')];
  });
}

describe('the units in examples/systemd', () => {
  it('are all named by docs/systemd.md', () => {
    const page = readFileSync(join(ROOT, 'docs', 'systemd.md'), 'utf8');
    const services = UNITS.filter((name) => name.endsWith('.service'));
    expect(services.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.skipIf(ANALYZE === undefined)(
    'have nothing that systemd objects to (skipped without systemd-analyze)',
    async () => {
      const bench = new Workbench();
      const directory = join(bench.directory, 'units');
      mkdirSync(directory);
      // Whether it can be executed is looked at too; it isn't installed there.
      for (const name of UNITS)
        writeFileSync(
          join(directory, name),
          readFileSync(join(EXAMPLES, name), 'utf8').replaceAll('/usr/bin/shimctl', SHIMCTL),
        );
      const verify = (...names: string[]): Promise<{ all?: string }> =>
        execa(ANALYZE as string, ['verify', '--man=no', ...names.map((name) => join(directory, name))], {
          all: true,
          reject: false,
          env: { SYSTEMD_LOG_LEVEL: 'warning' },
        });
      const { all = '' } = await verify(...UNITS);
      expect(all.split('\n').filter((line) => line !== '' && !KNOWN_LATER.test(line))).toEqual([]);
      writeFileSync(join(directory, 'wrong.service'), '[Service]\nType=notyfi\nExecStart=/no/such\n');
      expect((await verify('wrong.service')).all, 'it objects to what is wrong').toContain('wrong.service');
    },
  );

  it('name commands and flags that there are', async () => {
    const bench = new Workbench();
    const commands = UNITS.flatMap(commandsOf);
    expect(commands.length).toBeGreaterThan(UNITS.filter((name) => name.endsWith('.service')).length);
    for (const [command = '', ...args] of commands) {
      // An unknown flag is told before help is asked for; --help alone would hide it.
      const { stderr, exitCode } = await bench.shimctl([command, ...args, '--no-such-flag']);
      expect([exitCode, String(stderr)], args.join(' ')).toEqual([
        2,
        expect.stringContaining("'--no-such-flag'") as string,
      ]);
    }
  });

  it('holdfast-recover.service runs on a machine without any container', async () => {
    const bench = new Workbench();
    const [args = []] = commandsOf('holdfast-recover.service');
    expect(await bench.ok(...args)).toBe('');
  });
});

describe('holdfast-metrics@.service', () => {
  it('answers a request by HTTP with the metrics, whatever is asked for', async () => {
    const bench = new Workbench();
    const unit = readFileSync(join(EXAMPLES, 'holdfast-metrics@.service'), 'utf8');
    const script = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(unit)?.[1] ?? '';
    const unescaped = script.replaceAll('$$', '$').replaceAll('\\\\', '\\').replaceAll('/usr/bin/shimctl', SHIMCTL);
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const input = 'DELETE /v1/containers/default/c1?requestId=x HTTP/1.1\r\nHost: x\r\n\r\nrest';
    const { stdout } = await execa('/bin/sh', ['-c', unescaped], { input, env: { HOLDFAST_ROOT: bench.root } });
    const [head, body = ''] = stdout.split('\r\n\r\n');
    expect(head).toBe('HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4');
    expect(valueOf(`${body}\n`, 'holdfast_containers', { group: 'default', state: 'running' })).toBe(1);
  });
});
