import type { EventDocument } from '@holdfast/core/client';
import { EXIT } from '../exit-codes.js';
import { eventFilter } from '../event-filters.js';
import { collect, type GlobalOptions } from '../global-options.js';
import { parseLogTime } from '../log-time.js';
import { untilInterrupted } from '../until-interrupted.js';
import { escapeControls } from '../output/escape.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface EventsOptions {
  readonly since?: string;
  readonly until?: string;
  readonly filter?: readonly string[];
  readonly follow: boolean;
}

/** `shimctl events`. */
export function addEvents(host: CommandHost): void {
  const command = host.program
    .command('events')
    .description('print what happens to containers, as it happens')
    .option('--since <time>', 'what happened since then comes first')
    .option('--until <time>', 'end then')
    .option('--filter <key=value>', 'only some events: type, id, namespace, group', collect)
    .option('--no-follow', 'end after what has happened')
    .addHelpText('after', EPILOG);
  host.bind<EventsOptions>(command, events);
}

const EPILOG = `
A time is RFC 3339 (2026-01-02T03:04:05Z; without the zone it is local, 2026-01-02 alone is midnight), seconds since the
epoch, or an age (10m, 1h30m). Filters of the same key
are alternatives, of different keys all count. --namespace and --group filter as well, if they are given.
Events are read from the state directory: no shim needs to run, and none is started. About 1 to 2 MiB a group are kept.
${examples('shimctl events', 'shimctl events --since 10m --filter type=exit --filter type=oom', 'shimctl --json events --no-follow | jq .id')}`;

const events: Handler<EventsOptions> = async (context, _args, options) => {
  const { environment, output, globals } = context;
  const now = Date.now();
  const [since, until] = [timeOf(options.since, '--since', now), timeOf(options.until, '--until', now)];
  const wanted = eventFilter([...(options.filter ?? []), ...globalFilters(globals)]);
  const { root } = await context.config();
  return untilInterrupted(context, async (signal) => {
    const stream = environment.services.streamEvents(root, {
      since,
      until,
      past: since !== undefined || until !== undefined || !options.follow,
      follow: options.follow,
      signal,
    });
    for await (const event of stream) {
      if (wanted(event)) await (output.json ? output.writeJson(event) : output.write(formatEvent(event)));
    }
    return EXIT.OK;
  });
};

function timeOf(text: string | undefined, where: string, now: number): number | undefined {
  if (text === undefined) return undefined;
  return Number(parseLogTime(text, where, BigInt(now) * 1_000_000n) / 1_000_000n);
}

function globalFilters({ namespace, group }: GlobalOptions): string[] {
  return [
    ...(namespace === undefined ? [] : [`namespace=${namespace}`]),
    ...(group === undefined ? [] : [`group=${group}`]),
  ];
}

/** `TIME TYPE NAMESPACE/ID (key=value, …)` */
function formatEvent({ time, type, namespace, id, group, attributes }: EventDocument): string {
  const subject = id === '' ? `group ${group}` : `${namespace}/${id}`;
  const details = Object.entries(attributes).map(([key, value]) => `${key}=${value ?? 'unknown'}`);
  // An exit has a signal or has none: that is no news.
  const shown = details.filter((detail) => detail !== 'signal=unknown').join(', ');
  return `${escapeControls(`${time} ${type} ${subject}${shown === '' ? '' : ` (${shown})`}`)}\n`;
}
