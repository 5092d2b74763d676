import type { Arm, Cases, Offer } from './cases.js';
import { quote } from './posix.js';

/** The completion script for fish. */
export function fishScript(cases: Cases): string {
  return [
    '# fish completion for shimctl; made by "shimctl completion fish".',
    lookUp('__shimctl_step', cases.steps),
    lookUp('__shimctl_value', cases.values),
    lookUp('__shimctl_operand', cases.operands),
    offers('__shimctl_flags', cases.flags),
    offers('__shimctl_commands', cases.commands),
    COMPLETE,
  ].join('\n\n');
}

/** fish matches `*` in a quoted pattern. */
function lookUp(name: string, arms: readonly Arm[]): string {
  return switchOf(
    name,
    arms.map(({ patterns, values }) => ({ patterns, lines: values })),
  );
}

function offers(name: string, entries: readonly (readonly [string, readonly Offer[]])[]): string {
  return switchOf(
    name,
    entries.map(([path, words]) => ({
      patterns: [path],
      lines: words.map(({ word, description }) => `${word}\t${description.replaceAll(/\s+/g, ' ')}`),
    })),
  );
}

function switchOf(name: string, arms: readonly { patterns: readonly string[]; lines: readonly string[] }[]): string {
  const cases = arms.flatMap(({ patterns, lines }) => [
    `        case ${patterns.map((pattern) => (pattern === '' ? "''" : quote(pattern))).join(' ')}`,
    ...lines.map((line) => `            echo ${line.split('\t').map(quote).join('\\t')}`),
  ]);
  return [`function ${name}`, '    switch $argv[1]', ...cases, '    end', 'end'].join('\n');
}

const COMPLETE = `function __shimctl_complete
    set -l current (commandline -ct)
    set -l program (commandline -opc)[1]
    set -l words (commandline -opc)[2..-1]
    set -l command ''
    set -l position 0
    set -l pending ''
    set -l dashes ''
    set -l asking
    for word in $words
        if test -n "$pending"
            contains -- $pending --config --root --namespace; and set -a asking $pending $word
            set pending ''
        else if test -n "$dashes"
            set position (math $position + 1)
        else if test "$word" = --
            set dashes 1
        else if string match -q -- '--*=*' $word
            contains -- (string split -m 1 = -- $word)[1] --config --root --namespace; and set -a asking $word
        else if string match -q -- '-?*' $word
            set -l kind (__shimctl_value "$command:$word")
            test (count $kind) -gt 0; and set pending $word
        else
            set -l step (__shimctl_step "$command:$word")
            if test -n "$step" -a $position = 0
                set command $step
            else
                set position (math $position + 1)
            end
        end
    end

    set -l kind
    set -l prefix ''
    set -l flag $pending
    if test -n "$pending"
        set kind (__shimctl_value "$command:$pending")
    else if test -z "$dashes"; and string match -q -- '--*=*' $current
        set -l parts (string split -m 1 = -- $current)
        set kind (__shimctl_value "$command:$parts[1]")
        set flag $parts[1]
        set prefix $parts[1]=
        set current $parts[2]
    else if test -z "$dashes"; and string match -q -- '-*' $current
        __shimctl_flags "$command"
        return
    else
        set -l list (__shimctl_commands "$command")
        if test $position = 0 -a (count $list) -gt 0
            printf '%s\\n' $list
            return
        end
        set kind (__shimctl_operand "$command:$position")
    end

    # The value of a key.
    if string match -q -- 'pairs:*' "$kind"; and string match -q -- '*=*' $current
        set -l parts (string split -m 1 = -- $current)
        set kind (__shimctl_value "$command:$flag=$parts[1]")
        set prefix $prefix$parts[1]=
        set current $parts[2]
    end

    set -l list
    switch "$kind"
        case 'words:*'
            set list (string split ' ' -- (string replace 'words:' '' -- $kind))
        case 'pairs:*'
            set list (string split ' ' -- (string replace 'pairs:' '' -- $kind))
        case 'path:directory'
            set list (__fish_complete_directories "$current" '')
        case 'path:file'
            set list (__fish_complete_path "$current" '')
        case 'ask:*'
            set list ($program $asking __complete (string replace 'ask:' '' -- $kind) 2>/dev/null)
    end
    test (count $list) -gt 0; and printf '%s\\n' $prefix$list
end

complete -c shimctl -f -a '(__shimctl_complete)'
`;
