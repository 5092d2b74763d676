import type { Cases } from './cases.js';
import { sharedParts } from './posix.js';

/** The completion script for zsh: to be sourced, or put into a directory of fpath as _shimctl. */
export function zshScript(cases: Cases): string {
  const head = '#compdef shimctl\n# zsh completion for shimctl; made by "shimctl completion zsh".';
  return [head, ...sharedParts(cases, ({ word, description }) => `${word}:${description}`), COMPLETE].join('\n\n');
}

const COMPLETE = `_shimctl() {
  emulate -L zsh
  local kind command position pending dashes offer before
  local -a asking list
  local current=$words[CURRENT]
  _shimctl_walk "\${(@Q)words[2,CURRENT-1]}"
  _shimctl_decide
  case $offer in
    flags) _describe -o option list; return ;;
    commands) _describe command list; return ;;
  esac
  [[ -n $before ]] && compset -P "\${(b)before}"
  case $kind in
    words:*) compadd -- \${=kind#words:} ;;
    pairs:*) compadd -S '' -- \${=kind#pairs:} ;;
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
