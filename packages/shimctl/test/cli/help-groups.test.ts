import { describe, expect, it } from 'vitest';
import { FakeCli } from './support/fake-cli.js';

describe('the groups of the help', () => {
  it('hold every command, under headings in a fixed order', async () => {
    const { stdout } = await new FakeCli().run('--help');
    const headings = stdout.match(/^[A-Z][a-z ]+:$/gm);
    const expected = ['Options:', 'Lifecycle:', 'Look inside:', 'Logs:', 'Configure:', 'Repair:', 'Examples:'];
    expect(headings?.filter((heading) => heading !== 'Exit codes:')).toEqual(expected);
  });

  it.each([
    ['run', 'Lifecycle:'],
    ['inspect', 'Look inside:'],
    ['logs', 'Logs:'],
    ['spec', 'Configure:'],
    ['doctor', 'Repair:'],
  ])('put %s below %s', async (command, heading) => {
    const { stdout } = await new FakeCli().run('--help');
    const group = stdout.split(/\n\n/).find((part) => part.startsWith(heading));
    expect(group).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  });
});
