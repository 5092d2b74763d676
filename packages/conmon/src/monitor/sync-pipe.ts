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

/** podman reads so much at a time: more of one message would be cut off, and be no JSON. */
const LINE_BYTES = 4096;

/** Writes one JSON object, spaced as conmon's, and a newline. A caller that has gone hears nothing. */
export async function tellCaller(launch: StandingLaunch, fd: number | undefined, told: Told): Promise<void> {
  if (fd === undefined) return;
  await launch.tell(fd, Buffer.from(lineOf(told))).catch(() => undefined);
}

function lineOf({ name, value, message }: Told): string {
  if (message === undefined) return `{"${name}": ${value}}\n`;
  const line = `{"${name}": ${value}, "message": ${JSON.stringify(message)}}\n`;
  if (Buffer.byteLength(line) <= LINE_BYTES) return line;
  return lineOf({ name, value, message: message.slice(0, Math.floor((message.length * 3) / 4)) });
}
