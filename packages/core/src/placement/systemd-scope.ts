import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rootTag } from './placement-name.js';

/** Longest group name that is put into a unit's name (at most 255 bytes, escapes take four). */
const NAME_BYTES = 160;

/** True if systemd is PID 1, as sd_booted(3) has it: cgroups are then its to make. */
export function runsUnderSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/**
 * What to put in front of the keeper's argv so that it starts in a transient scope of its own. `systemd-run --scope` turns
 * into its command, so that pid and descriptors stay. The random end keeps a scope that is still going away from
 * being in the way. No machine without systemd as PID 1 can run it: its tests see the argv alone.
 */
export function scopeCommand(root: string, group: string, random = randomBytes(4).toString('hex')): string[] {
  const unit = `holdfast-${escapeUnit(group)}-${rootTag(root)}-${random}.scope`;
  return [
    'systemd-run',
    '--scope',
    '--quiet',
    '--collect',
    `--unit=${unit}`,
    '--slice=holdfast.slice',
    `--description=holdfast keeper of group ${group}`,
    '--',
  ];
}

/** Unit names have no `+`; systemd.unit(5) writes such bytes as \xHH. */
function escapeUnit(group: string): string {
  const escaped = group.replaceAll('+', '\\x2b');
  if (escaped.length <= NAME_BYTES) return escaped;
  return createHash('sha256').update(group).digest('hex').slice(0, 16);
}
