/** RFC 5424, table 1, by the names that syslog.conf has: each one's place is its number. */
export const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'security',
  'console',
  'solaris-cron',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

export type Facility = (typeof FACILITIES)[number];

/** RFC 5424, table 2: those that the driver gives. */
export const SEVERITY = { err: 3, warning: 4, info: 6 } as const;

/** The number between `<` and `>`. */
export function priority(facility: Facility, severity: number): number {
  return FACILITIES.indexOf(facility) * 8 + severity;
}
