import type { Cases, Offer } from './cases.js';
import { lookUp, quote, quotePattern, WALK } from './posix.js';

/** The completion script for zsh: to be sourced, or put into a directory of fpath as _shimctl. */
export function zshScript(cases: Cases): string {
  return [
    '#compdef shimctl\n# zsh completion for shimctl; made by "shimctl completion zsh".',
    lookUp('_shimctl_step', 'step', cases.steps),
    lookUp('_shimctl_value', 'kind', cases.values),
    lookUp('_shimctl_operand', 'kind', cases.operands),
    offers('_shimctl_flags', cases.flags),
    offers('_shimctl_commands', cases.commands),
    WALK,
    COMPLETE,
  ].join('\n\n');
}

function offers(name: string, entries: readonly (readonly [string, readonly Offer[]])[]): string {
  const lines = entries.flatMap(([path, words]) => [
    `    ${path === '' ? "''" : quotePattern(path)})`,
    '      list=(',
    ...words.map(({ word, description }) => `        ${quote(`${word}:${description}`)}`),
    '      )',
    '      ;;',
  ]);
  return [`${name}() {`, '  list=()', '  case $1 in', ...lines, '  esac', '}'].join('\n');
}

const COMPLETE = `_shimctl() {
  emulate -L zsh
  local kind command position pending dashes
  local -a asking list
  local current=$words[CURRENT]
  _shimctl_walk "\${(@Q)words[2,CURRENT-1]}"
  if [[ -n $pending ]]; then
    _shimctl_value "$command:$pending"
  elif [[ -z $dashes && $current == --*=* ]]; then
    _shimctl_value "$command:\${current%%=*}"
    compset -P 1 '*='
  elif [[ -z $dashes && $current == -* ]]; then
    _shimctl_flags "$command"
    _describe -o option list
    return
  else
    _shimctl_commands "$command"
    if [[ $position == 0 && $#list -gt 0 ]]; then
      _describe command list
      return
    fi
    _shimctl_operand "$command:$position"
  fi
  case $kind in
    words:*) compadd -- \${=kind#words:} ;;
    path:directory) _files -/ ;;
    path:file) _files ;;
    ask:*)
      list=("\${(@f)$("\${(Q)words[1]}" "\${asking[@]}" __complete "\${kind#ask:}" 2>/dev/null)}")
      compadd -- "\${(@)list:#}"
      ;;
  esac
}

if [ "$funcstack[1]" = _shimctl ]; then _shimctl "$@"; else compdef _shimctl shimctl; fi
`;
