import type { Cases } from './cases.js';
import { sharedParts } from './posix.js';

/** The completion script for bash. */
export function bashScript(cases: Cases): string {
  const head = '# bash completion for shimctl; made by "shimctl completion bash".';
  return [head, ...sharedParts(cases, ({ word }) => word), COMPLETE].join('\n\n');
}

const COMPLETE = `_shimctl_reply() {
  local item
  for item in "$@"; do
    [[ $item == "$current"* ]] && COMPREPLY+=("$item")
  done
}

_shimctl() {
  local words=() joined='' word current before kind offer command position pending dashes asking list
  # Readline cuts A=B into three words, and what is offered takes the place of the last one.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $word == = && \${#words[@]} -gt 0 ]]; then
      words[-1]+='=' joined=1
    elif [[ $joined ]]; then
      words[-1]+=$word joined=''
    else
      words+=("$word")
    fi
  done
  current=\${words[-1]-}
  _shimctl_walk "\${words[@]:0:\${#words[@]}-1}"
  _shimctl_decide
  COMPREPLY=()
  if [[ $offer ]]; then
    _shimctl_reply "\${list[@]}"
    return
  fi
  case $kind in
    words:*)
      read -ra list <<<"\${kind#words:}"
      _shimctl_reply "\${list[@]}"
      ;;
    pairs:*)
      compopt -o nospace 2>/dev/null
      read -ra list <<<"\${kind#pairs:}"
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
