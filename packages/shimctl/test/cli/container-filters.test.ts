import { describe, expect, it } from 'vitest';
import { FakeCli } from './support/fake-cli.js';

describe('list --filter', () => {
  const cli = new FakeCli();
  cli.add('web-1', { labels: { tier: 'web', a: '' } });
  cli.add('web-2', { labels: { tier: 'web' }, status: 'stopped' });
  cli.add('db', { labels: { tier: 'db' }, runtime: { name: 'crun', plugin: 'crun', version: '', path: null } });
  cli.add('other', { namespace: 'n2', shim: { pid: 1, keeperPid: 1, group: 'g2' } });

  it.each([
    [['status=running'], ['db', 'web-1']],
    [
      ['status=running', 'status=stopped', 'id=web'],
      ['web-1', 'web-2'],
    ],
    [['label=tier'], ['db', 'web-1', 'web-2']],
    [
      ['label=tier=web', 'label=tier=db'],
      ['db', 'web-1', 'web-2'],
    ],
    [['label=tier=web', 'label=a'], ['web-1']],
    [['label=toString'], []],
    [['name=eb-'], ['web-1', 'web-2']],
    [['runtime=crun'], ['db']],
    [['group=g2'], []],
  ])('%j leaves %j', async (filters, ids) => {
    const { stdout } = await cli.run('list', '-q', '--json', ...filters.flatMap((filter) => ['--filter', filter]));
    expect(JSON.parse(stdout)).toEqual(ids);
  });

  it('takes all namespaces with -A', async () => {
    expect(JSON.parse((await cli.run('ls', '-A', '-q', '--json', '--filter', 'group=g2')).stdout)).toEqual(['other']);
    expect((await cli.run('ls', '-A')).stdout).toMatch(/^NAMESPACE +ID [^]*^n2 +other /m);
  });

  it.each([
    ['statsu=running', 'unknown filter "statsu", did you mean "status"?'],
    ['status=runing', 'unknown status "runing", did you mean "running"?'],
    ['label', 'the filter "label" has no value'],
  ])('refuses %s', async (filter, words) => {
    const { code, stderr } = await cli.run('list', '--filter', filter);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
