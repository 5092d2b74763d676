/** Name and value of a parameter. */
export type Param = readonly [name: string, value: string];

const NAME_LIMIT = 32;

/** `[id a="1" b="2"]`; nothing without parameters. */
export function element(id: string, params: readonly Param[]): string {
  return params.length === 0 ? '' : `[${id}${params.map(paramText).join('')}]`;
}

/** ` name="value"`. Whatever comes, it is one line, and ends where it should. */
export function paramText([name, value]: Param): string {
  return ` ${paramName(name)}="${paramValue(value)}"`;
}

/** `com.example role` becomes `com.example_role`; cut to what a name may have. */
function paramName(name: string): string {
  return name.replace(/[^!-~]|[=\]"]/gu, '_').slice(0, NAME_LIMIT) || '_';
}

/** Control characters as `#012`, in octal, like rsyslog. */
function paramValue(value: string): string {
  return (
    value
      .replace(/["\\\]]/gu, '\\$&')
      // eslint-disable-next-line no-control-regex
      .replace(/[\0-\x1f\x7f]/gu, (char) => `#${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  );
}

/** Those of `params` that fit into `room` bytes, and the names of the others. */
export function fitting(params: readonly Param[], room: number): { fit: Param[]; refused: string[] } {
  const fit: Param[] = [];
  const refused: string[] = [];
  let left = room;
  for (const param of params) {
    const bytes = Buffer.byteLength(paramText(param));
    if (bytes > left) refused.push(param[0]);
    else {
      fit.push(param);
      left -= bytes;
    }
  }
  return { fit, refused };
}
