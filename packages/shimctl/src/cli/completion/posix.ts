import type { Arm } from './cases.js';

/** `text` as one word of bash, zsh or fish. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll(/[\\']/g, (mark) => `'\\${mark}'`)}'`;
}

/** A pattern of a `case`: quoted but for a `*` at its end. */
export function quotePattern(pattern: string): string {
  return pattern.endsWith('*') ? `${quote(pattern.slice(0, -1))}*` : quote(pattern);
}

/** A function for bash and zsh that sets `variable` to what `$1` stands for, or to nothing. */
export function lookUp(name: string, variable: string, arms: readonly Arm[]): string {
  const lines = arms.map(({ patterns, values }) => {
    return `    ${patterns.map(quotePattern).join(' | ')}) ${variable}=${quote(values[0] ?? '')} ;;`;
  });
  return [`${name}() {`, `  ${variable}=`, '  case $1 in', ...lines, '  esac', '}'].join('\n');
}

/** Goes through the words before the cursor, in bash and zsh: the same syntax with the same meaning. */
export const WALK = `# Goes through the words before the cursor. Sets command, position (operands so far), pending (a flag that waits
# for its value), dashes (after --) and asking (the flags that say where to look for containers).
_shimctl_walk() {
  local word step kind
  command='' position=0 pending='' dashes='' asking=()
  while [ $# -gt 0 ]; do
    word=$1
    shift
    if [ -n "$pending" ]; then
      _shimctl_asking "$pending" && asking+=("$pending" "$word")
      pending=''
    elif [ -n "$dashes" ]; then
      position=$((position + 1))
    else
      case $word in
        --) dashes=1 ;;
        --*=*) _shimctl_asking "\${word%%=*}" && asking+=("$word") ;;
        -?*)
          _shimctl_value "$command:$word"
          [ -n "$kind" ] && pending=$word
          ;;
        *)
          _shimctl_step "$command:$word"
          if [ -n "$step" ] && [ "$position" = 0 ]; then command=$step; else position=$((position + 1)); fi
          ;;
      esac
    fi
  done
}

_shimctl_asking() {
  case $1 in
    --config | --root | --namespace) return 0 ;;
  esac
  return 1
}`;
