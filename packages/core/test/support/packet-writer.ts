import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

const SCRIPT = `
use Fcntl;
my ($path, $count, $text, $room) = @ARGV;
sysopen(my $pipe, $path, O_RDWR) or die "open: $!";
fcntl($pipe, 1031, $room + 0) or die "F_SETPIPE_SZ: $!";
fcntl($pipe, F_SETFL, O_DIRECT) or die "F_SETFL: $!";
for (1 .. $count) { syswrite($pipe, $text) or die "write: $!"; }
syswrite(STDOUT, "done\\n");
sysread(STDIN, my $x, 1);
`;

export interface Packets {
  readonly count: number;
  readonly text: string;
  /** Size to raise the pipe to: it holds one packet for every 4096 bytes. */
  readonly room: number;
}

/**
 * Another process that writes to the FIFO in packet mode (O_DIRECT): each write takes a segment of the pipe. Resolves when
 * all is written; the process keeps the FIFO open until `close` is called. In perl, since Node can't set the flag.
 */
export async function writePackets(
  path: string,
  { count, text, room }: Packets,
): Promise<{ close: () => Promise<void> }> {
  const args = ['-e', SCRIPT, path, String(count), text, String(room)];
  const child = spawn('perl', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  onTestFinished(close);
  await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('perl failed')))]);
  return { close };
}
