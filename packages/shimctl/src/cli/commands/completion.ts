import type { Command } from 'commander';
import { Argument } from 'commander';
import { bashScript } from '../completion/bash.js';
import { casesOf, type Cases } from '../completion/cases.js';
import { fishScript } from '../completion/fish.js';
import { describeProgram } from '../completion/model.js';
import { isQuestion, QUESTIONS, answer } from '../completion/questions.js';
import { zshScript } from '../completion/zsh.js';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

const SCRIPTS: Readonly<Record<string, (cases: Cases) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `shimctl completion`, and the hidden `__complete` that its scripts ask. */
export function addCompletion(host: CommandHost): void {
  const command = host.program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      examples(
        'shimctl completion bash > /etc/bash_completion.d/shimctl',
        'shimctl completion zsh > /usr/local/share/zsh/site-functions/_shimctl',
        'shimctl completion fish > ~/.config/fish/completions/shimctl.fish',
        'source <(shimctl completion bash)',
      ),
    );
  host.bind<object>(command, print(host.program));
  const ask = host.program
    .command('__complete', { hidden: true })
    .addArgument(new Argument('<what>').choices(QUESTIONS));
  host.bind<object>(ask, complete);
}

/** The program is complete only once every command has been added, hence when the command runs. */
function print(program: Command): Handler<object> {
  return async ({ output }, [shell]) => {
    const script = SCRIPTS[shell as string] as (cases: Cases) => string;
    await output.write(script(casesOf(describeProgram(program))));
    return EXIT.OK;
  };
}

const complete: Handler<object> = async (context, [what]) => {
  const words = isQuestion(what) ? await answer(context, what) : [];
  await context.output.write(words.map((word) => `${word}\n`).join(''));
  return EXIT.OK;
};
