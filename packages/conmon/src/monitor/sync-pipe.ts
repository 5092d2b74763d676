import type { StandingLaunch } from '@holdfast/core';

/** The descriptors over which conmon's caller is told how it goes, by their variables. */
export interface CallerPipes {
  readonly sync: number | undefined;
  readonly start: number | undefined;
  readonly attach: number | undefined;
}

export function callerPipes(env: Readonly<Record<string, string | undefined>>): CallerPipes {
  const of = (name: string): number | undefined => {
    const text = env[name] ?? '';
    return /^\d{1,4}$/.test(text) && Number(text) > 2 ? Number(text) : undefined;
  };
  return { sync: of('_OCI_SYNCPIPE'), start: of('_OCI_STARTPIPE'), attach: of('_OCI_ATTACHPIPE') };
}

/** What is told: a number, under a name that depends on the protocol, and why. */
export interface Told {
  readonly name: 'pid' | 'exit_code' | 'data';
  readonly value: number;
  readonly message?: string | undefined;
}

/** Writes one JSON object, spaced as conmon's, and a newline. A caller that has gone hears nothing. */
export async function tellCaller(launch: StandingLaunch, fd: number | undefined, told: Told): Promise<void> {
  if (fd === undefined) return;
  const { name, value, message } = told;
  const why = message === undefined ? '' : `, "message": ${JSON.stringify(message)}`;
  await launch.tell(fd, Buffer.from(`{"${name}": ${value}${why}}\n`)).catch(() => undefined);
}
