import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { describeProgram } from '../../../src/cli/completion/model.js';

function program(): Command {
  const root = new Command('shimctl').version('1').option('--root <dir>', 'where');
  root.command('run').argument('<id>').option('--pid-file <file>').option('--log-level <l>');
  root
    .command('stop')
    .alias('halt')
    .argument('<id...>')
    .option('--group <g>')
    .addOption(new Option('--old').hideHelp());
  root.command('hue').addArgument(new Argument('<hue>').choices(['red', 'blue']));
  root.command('__ask', { hidden: true });
  root.command('config').command('show').description('all of it');
  return root;
}

describe('describeProgram', () => {
  const model = describeProgram(program());
  const find = (path: string): (typeof model)['commands'][number] | undefined =>
    [...model.commands, ...model.commands.flatMap(({ commands }) => commands)].find((each) => each.path === path);

  it('holds what help shows, in its order, and nothing that is hidden', () => {
    expect(model.commands.map(({ path }) => path)).toEqual(['run', 'stop', 'hue', 'config', 'help']);
    expect(find('config')?.commands).toMatchObject([{ path: 'config show', description: 'all of it' }]);
    expect(find('stop')?.flags.map(({ flags }) => flags.join())).toEqual(['--group', '-h,--help']);
    expect(find('stop')?.names).toEqual(['stop', 'halt']);
  });

  it('knows from flags and operands what stands there', () => {
    expect(model.flags.find(({ flags }) => flags.includes('--root'))?.value).toEqual({ path: 'directory' });
    const kinds = find('run')?.flags.map(({ value }) => value);
    expect(kinds).toEqual([{ path: 'file' }, { free: true }, undefined]);
    expect(find('stop')?.flags[0]?.value).toEqual({ ask: 'groups' });
    expect(find('hue')?.operands).toEqual([{ words: ['red', 'blue'] }]);
  });

  it('asks for containers where there is one already, not where a new one is named', () => {
    expect(find('run')?.operands).toEqual([{ free: true }]);
    expect(find('stop')).toMatchObject({ operands: [{ ask: 'containers' }], variadic: true });
  });
});
