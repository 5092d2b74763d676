import { labelValue } from './label-value.js';

/** The one metric that clients write: who doesn't answer can't tell it. */
export const UP = {
  type: 'gauge',
  help: '1 if the shim of the group answered; written by shimctl metrics.',
  labels: [],
} as const;

export function upText(group: string, up: boolean): string {
  const head = `# HELP holdfast_up ${UP.help}\n# TYPE holdfast_up ${UP.type}\n`;
  return `${head}holdfast_up{group="${labelValue(group)}"} ${Number(up)}\n`;
}
