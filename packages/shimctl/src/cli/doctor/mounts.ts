/** One line of /proc/self/mountinfo. */
export interface Mount {
  readonly path: string;
  readonly type: string;
  readonly source: string;
  /** Options of the mount and of the file system. */
  readonly options: readonly string[];
}

/** The mounts, the oldest first: a later one may hide an earlier one. */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , , path, own = ''] = left.split(' ');
    const [type, source, shared = ''] = right.split(' ');
    if (path === undefined || type === undefined || source === undefined) return [];
    return [
      { path: unescape(path), type, source: unescape(source), options: [...own.split(','), ...shared.split(',')] },
    ];
  });
}

/** The mount that shows `path`, an absolute path without links. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const above = mounts.filter((mount) => isWithin(path, mount.path));
  const longest = Math.max(0, ...above.map((mount) => mount.path.length));
  return above.findLast((mount) => mount.path.length === longest);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The kernel writes space, tab, newline and backslash as octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
