import type { Arm, Cases, Offer } from './cases.js';

/** `text` as one word of bash, zsh or fish. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll(/[\\']/g, (mark) => `'\\${mark}'`)}'`;
}

/** A pattern of a `case`: quoted but for a `*` at its end. */
function quotePattern(pattern: string): string {
  return pattern.endsWith('*') ? `${quote(pattern.slice(0, -1))}*` : quote(pattern);
}

/** The tables as functions, and what bash and zsh do with them alike; `entry` is how a word that is offered is written in a list. */
export function sharedParts(cases: Cases, entry: (offer: Offer) => string): string[] {
  return [
    lookUp('_shimctl_step', 'step', cases.steps),
    lookUp('_shimctl_value', 'kind', cases.values),
    lookUp('_shimctl_operand', 'kind', cases.operands),
    offers('_shimctl_flags', cases.flags, entry),
    offers('_shimctl_commands', cases.commands, entry),
    WALK,
    DECIDE,
  ];
}

function offers(
  name: string,
  entries: readonly (readonly [string, readonly Offer[]])[],
  entry: (offer: Offer) => string,
): string {
  const lines = entries.flatMap(([path, words]) => [
    `    ${path === '' ? "''" : quotePattern(path)})`,
    '      list=(',
    ...words.map((word) => `        ${quote(entry(word))}`),
    '      )',
    '      ;;',
  ]);
  return [`${name}() {`, '  list=()', '  case $1 in', ...lines, '  esac', '}'].join('\n');
}

/** A function for bash and zsh that sets `variable` to what `$1` stands for, or to nothing. */
function lookUp(name: string, variable: string, arms: readonly Arm[]): string {
  const lines = arms.map(({ patterns, values }) => {
    return `    ${patterns.map(quotePattern).join(' | ')}) ${variable}=${quote(values[0] ?? '')} ;;`;
  });
  return [`${name}() {`, `  ${variable}=`, '  case $1 in', ...lines, '  esac', '}'].join('\n');
}

/** Goes through the words before the cursor, in bash and zsh: the same syntax with the same meaning. */
const WALK = `# Goes through the words before the cursor. Sets command, position (operands so far), pending (a flag that waits
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

const DECIDE = `# What stands at the cursor. Sets offer to flags or commands, with them in list; or kind to what is wanted there. Then current
# is what is typed of it, and before is what stands before that in the same word.
_shimctl_decide() {
  local flag=''
  offer='' kind='' before='' list=()
  if [ -n "$pending" ]; then
    flag=$pending
  elif [ -z "$dashes" ]; then
    case $current in
      --*=*)
        flag=\${current%%=*}
        before=$flag=
        current=\${current#*=}
        ;;
      -*)
        offer=flags
        _shimctl_flags "$command"
        return
        ;;
    esac
  fi
  if [ -n "$flag" ]; then
    _shimctl_value "$command:$flag"
    case $kind/$current in
      pairs:*/*=*)
        _shimctl_value "$command:$flag=\${current%%=*}"
        before=$before\${current%%=*}=
        current=\${current#*=}
        ;;
    esac
    return
  fi
  _shimctl_commands "$command"
  if [ "$position" = 0 ] && [ \${#list[@]} -gt 0 ]; then
    offer=commands
    return
  fi
  _shimctl_operand "$command:$position"
}`;
