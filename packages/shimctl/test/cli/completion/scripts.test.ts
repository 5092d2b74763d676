import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryDirectory } from '../support/temporary-bundle.js';

/** A command line up to the cursor, and what is offered there; `…` stands for further offers. */
const CASES: readonly (readonly [line: string, offered: string])[] = [
  ['shimctl insp', 'inspect'],
  ['shimctl config v', 'validate'],
  ['shimctl config --json v', 'validate'],
  ['shimctl run --bundle d', 'dir'],
  ['shimctl run --pid-f', '--pid-file'],
  ['shimctl run ', ''],
  ['shimctl --log-level w', 'warn'],
  ['shimctl list --log-level=w', '--log-level=warn'],
  ['shimctl completion z', 'zsh'],
  ['shimctl kill web W', 'WINCH'],
  ['shimctl list --filter sta', 'status='],
  ['shimctl list --filter status=pau', 'status=paused'],
  ['shimctl list -q --filter=la', '--filter=label='],
  ['shimctl list --filter label=tier=', ''],
  ['shimctl ls --filter=status=runn', '--filter=status=running'],
  ['shimctl ls --filter id=', 'id=asked:__complete:containers'],
  ['shimctl events --filter type=shim', 'type=shim-start'],
  ['shimctl run --log ', 'asked:__complete:log-drivers'],
  ['shimctl plugins info ', 'asked:__complete:plugins'],
  ['shimctl rm -f ', 'asked:__complete:containers'],
  ['shimctl wait one ', 'asked:__complete:containers'],
  ['shimctl --root /r list --config=/c --namespace ', 'asked:--root:/r:--config=/c:__complete:namespaces'],
  ['shimctl stop --runtime ', 'asked:__complete:runtimes'],
  ['shimctl stop -- ', 'asked:__complete:containers'],
  ['shimctl exec web -- ', ''],
];

/** Ways to ask each shell; `shimctl` itself is a function that answers with the question. */
const SHELLS: Readonly<Record<string, (line: string) => string>> = {
  bash: (line) => `
    shimctl() { local IFS=:; echo "asked:$*"; }
    source ./script
    line=${quote(line)}
    # As readline cuts a line: at blanks and around "=".
    read -ra COMP_WORDS <<<"\${line//=/ = }"
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _shimctl shimctl
    # What stands before the last "=" stays as it is.
    prefix=\${line##* }
    [[ $prefix == *=* ]] && prefix=\${prefix%=*}= || prefix=
    echo "\${COMPREPLY[@]/#/$prefix}"`,
  zsh: (line) => `
    shimctl() { local IFS=:; echo "asked:$*" }
    compdef() { : }
    source ./script
    matches() { print -r -- "\${(j: :)\${(M)@:#$words[CURRENT]*}}" }
    compadd() { while [[ $1 != -- ]] { shift }; shift; matches "\${(@)@/#/$prefix}" }
    _files() { local -a found=(\${words[CURRENT]}*(/)); matches $found }
    _describe() { matches "\${(@)\${(P)@[-1]}%%:*}" }
    compset() { prefix=\${(Q)2} }
    line=${quote(line)}
    words=("\${(@s: :)line}") CURRENT=$#words prefix=
    _shimctl`,
  fish: (line) => `
    function shimctl; echo asked:(string join : -- $argv); end
    source ./script
    echo (complete -C ${quote(line)} | string replace -r '\\t.*' '' | string trim -r -c /)`,
};

function quote(text: string): string {
  return `'${text}'`;
}

async function scriptFor(shell: string): Promise<string> {
  const directory = temporaryDirectory();
  const { code, stdout } = await new FakeCli().run('completion', shell);
  expect(code).toBe(0);
  writeFileSync(join(directory, 'script'), stdout);
  spawnSync('mkdir', [join(directory, 'dir')]);
  return directory;
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  bash: ['--norc', '--noprofile'],
  zsh: ['-f'],
  fish: ['--no-config'],
};

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).error === undefined;
}

describe.each(Object.keys(SHELLS))('the script for %s', (shell) => {
  const skipped = !isInstalled(shell);
  const reason = skipped ? ` (skipped: ${shell} is not installed)` : '';

  it.skipIf(skipped).each(CASES)(`completes %j with %j${reason}`, async (line, offered) => {
    const directory = await scriptFor(shell);
    const program = (SHELLS[shell] as (line: string) => string)(line);
    const options = {
      cwd: directory,
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: process.env['PATH'], HOME: directory },
    } as const;
    const { stdout, stderr } = spawnSync(shell, [...(FLAGS[shell] ?? []), '-c', program], options);
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: offered, stderr: '' });
  });
});
