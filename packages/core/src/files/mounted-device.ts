/** Octal escapes of what would end a field. */
const ESCAPE = /\\([0-7]{3})/g;

/**
 * The device, `MAJOR:MINOR`, that an absolute path lies on by the mounts of /proc/PID/mountinfo alone: nobody asks its file system, which
 * may never answer. Links are not resolved. Empty if nothing is mounted above it.
 */
export function mountedDevice(path: string, mountinfo: string): string {
  let longest = -1;
  let device = '';
  for (const line of mountinfo.split('\n')) {
    const [, , majorMinor, , escaped] = line.split(' ', 5);
    if (majorMinor === undefined || escaped === undefined) continue;
    const place = escaped.replace(ESCAPE, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    // Of two that are mounted in one place, the later one is seen.
    if (place.length < longest || !isBelow(path, place)) continue;
    longest = place.length;
    device = majorMinor;
  }
  return device;
}

function isBelow(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}
