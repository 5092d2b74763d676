import type { Cases, Offer } from './cases.js';
import { lookUp, quote, quotePattern, WALK } from './posix.js';

/** The completion script for bash. */
export function bashScript(cases: Cases): string {
  return [
    '# bash completion for shimctl; made by "shimctl completion bash".',
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
  const lines = entries.map(([path, words]) => {
    return `    ${path === '' ? "''" : quotePattern(path)}) list=(${words.map(({ word }) => quote(word)).join(' ')}) ;;`;
  });
  return [`${name}() {`, '  list=()', '  case $1 in', ...lines, '  esac', '}'].join('\n');
}

const COMPLETE = `_shimctl_reply() {
  local item
  for item in "$@"; do
    [[ $item == "$current"* ]] && COMPREPLY+=("$item")
  done
}

_shimctl() {
  local words=() joined='' word current kind command position pending dashes asking list
  # Readline cuts --flag=value into three words.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $word == = && \${#words[@]} -gt 0 && \${words[-1]} == --* ]]; then
      words[-1]+='=' joined=1
    elif [[ $joined ]]; then
      words[-1]+=$word joined=''
    else
      words+=("$word")
    fi
  done
  current=\${words[-1]-}
  _shimctl_walk "\${words[@]:0:\${#words[@]}-1}"
  COMPREPLY=()
  if [[ $pending ]]; then
    _shimctl_value "$command:$pending"
  elif [[ ! $dashes && $current == --*=* ]]; then
    _shimctl_value "$command:\${current%%=*}"
    current=\${current#*=}
  elif [[ ! $dashes && $current == -* ]]; then
    _shimctl_flags "$command"
    _shimctl_reply "\${list[@]}"
    return
  else
    _shimctl_commands "$command"
    if [[ $position == 0 && \${#list[@]} -gt 0 ]]; then
      _shimctl_reply "\${list[@]}"
      return
    fi
    _shimctl_operand "$command:$position"
  fi
  case $kind in
    words:*)
      read -ra list <<<"\${kind#words:}"
      _shimctl_reply "\${list[@]}"
      ;;
    path:directory)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
    path:file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    ask:*)
      mapfile -t list < <("$1" "\${asking[@]}" __complete "\${kind#ask:}" 2>/dev/null)
      _shimctl_reply "\${list[@]}"
      ;;
  esac
}

complete -F _shimctl shimctl
`;
