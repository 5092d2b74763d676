import { PADDING } from './line-check.mjs';

const PRINT_TO_J = `while [ $i -lt $j ]; do echo "o $i ${PADDING}"; echo "e $i ${PADDING}" >&2; i=$((i+1)); done`;
const BEGIN = `trap 'echo got > /out/sigpipe' PIPE; touch /out/begun`;
/** More than a pipe holds: the container waits while no shimd is alive. */
const FLOOD_LINES = 3000;

/** Prints bursts, as long as /out/go is not there, and then their number to /out/count. Every `flood`th burst is large. */
export function residentScript({ burst, pause, flood, code }) {
  const size = `n=${burst}; b=$((b+1)); [ $((b % ${flood})) -eq 0 ] && n=${FLOOD_LINES}`;
  const loop = `while [ ! -e /out/go ]; do ${size}; j=$((i+n)); ${PRINT_TO_J}; sleep ${pause}; done`;
  return `${BEGIN}; i=0; b=0; ${loop}; echo $i > /out/count.new; mv /out/count.new /out/count; exit ${code}`;
}

/** Prints so many lines in so many parts, with a pause after each, and exits. */
export function visitorScript({ lines, parts, pause, code }) {
  return `${BEGIN}; ${printParts({ lines, parts, pause })}; exit ${code}`;
}

/** The same; then makes /out/ready and exits when it gets TERM. */
export function stoppedScript({ lines, parts, pause, code }) {
  const wait = 'touch /out/ready; while :; do sleep 0.05; done';
  return `${BEGIN}; trap 'exit ${code}' TERM; ${printParts({ lines, parts, pause })}; ${wait}`;
}

function printParts({ lines, parts, pause }) {
  const size = Math.ceil(lines / parts);
  return `i=0; while [ $i -lt ${lines} ]; do j=$((i+${size})); [ $j -gt ${lines} ] && j=${lines}; ${PRINT_TO_J}; sleep ${pause}; done`;
}

/** What an exec'd command does: as a visitor, without a file. */
export function execScript({ lines, pause, code }) {
  return `${printParts({ lines, parts: 2, pause })}; exit ${code}`;
}
