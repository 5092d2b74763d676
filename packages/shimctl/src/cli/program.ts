import { Command } from 'commander';
import type { CliEnvironment } from './environment.js';
import { addAttach } from './commands/attach.js';
import { addCompletion } from './commands/completion.js';
import { addConfig } from './commands/config.js';
import { addCreate } from './commands/create.js';
import { addDelete } from './commands/delete.js';
import { addDoctor } from './commands/doctor.js';
import { addEvents } from './commands/events.js';
import { addExec } from './commands/exec.js';
import { addInspect } from './commands/inspect.js';
import { addKill } from './commands/kill.js';
import { addList } from './commands/list.js';
import { addLogs } from './commands/logs.js';
import { addMetrics } from './commands/metrics.js';
import { addPause } from './commands/pause.js';
import { addPlugins } from './commands/plugins.js';
import { addPs } from './commands/ps.js';
import { addRecover } from './commands/recover.js';
import { addResume } from './commands/resume.js';
import { addResize } from './commands/resize.js';
import { addReopenLogs } from './commands/reopen-logs.js';
import { addRun } from './commands/run.js';
import { addSpec } from './commands/spec.js';
import { addStart } from './commands/start.js';
import { addStats } from './commands/stats.js';
import { addStop } from './commands/stop.js';
import { addUpdate } from './commands/update.js';
import { addUpgrade } from './commands/upgrade.js';
import { addVersion } from './commands/version.js';
import { addWait } from './commands/wait.js';
import type { CommandHost, Handler } from './commands/command.js';
import { addGlobalOptions } from './global-options.js';
import { groupCommands } from './help-groups.js';

/** What adds each command, and its names. */
const COMMANDS: readonly (readonly [names: readonly string[], add: (host: CommandHost) => void])[] = [
  [['run'], addRun],
  [['create'], addCreate],
  [['start'], addStart],
  [['kill'], addKill],
  [['stop'], addStop],
  [['pause'], addPause],
  [['resume', 'unpause'], addResume],
  [['update'], addUpdate],
  [['wait'], addWait],
  [['delete', 'rm'], addDelete],
  [['exec'], addExec],
  [['attach'], addAttach],
  [['resize'], addResize],
  [['logs'], addLogs],
  [['reopen-logs'], addReopenLogs],
  [['list', 'ls'], addList],
  [['inspect'], addInspect],
  [['ps'], addPs],
  [['stats'], addStats],
  [['metrics'], addMetrics],
  [['events'], addEvents],
  [['recover'], addRecover],
  [['upgrade'], addUpgrade],
  [['plugins'], addPlugins],
  [['spec'], addSpec],
  [['config'], addConfig],
  [['completion'], addCompletion],
  [['doctor'], addDoctor],
  [['version'], addVersion],
];
/** Words that speak of all commands. */
const OF_ALL: ReadonlySet<string> = new Set(['help', '--help', '-h', 'completion', '__complete']);

/** Runs the handler of the command that was named. */
export type Dispatch = <T extends object>(command: Command, handler: Handler<T>) => Promise<void>;

/** The command line. It writes to the environment alone, and throws CommanderError in place of leaving. */
export function buildProgram(environment: CliEnvironment, dispatch: Dispatch): Command {
  const program = new Command('shimctl')
    .description(
      'Runs containers that outlive everything: whatever dies, the container lives and its exit code is known.',
    )
    .version(environment.services.version, '--version', 'print the version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void environment.stdout.write(text),
      writeErr: (text) => void environment.stderr.write(text),
      // shimctl() prints errors, with code and remedy.
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText('after', EPILOG);
  addGlobalOptions(program, false);
  const bind = <T extends object>(command: Command, handler: Handler<T>): void => {
    addGlobalOptions(command, true);
    command.action(() => dispatch(command, handler));
  };
  for (const add of commandsFor(environment.argv)) add({ program, bind });
  groupCommands(program);
  return program;
}

/** Those that a command line may mean: to make all of them is most of the work of a short command, which shimd may do a thousand times. */
function commandsFor(argv: readonly string[]): readonly ((host: CommandHost) => void)[] {
  const named = COMMANDS.filter(([names]) => names.some((name) => argv.includes(name)));
  const some = named.length > 0 && !argv.some((word) => OF_ALL.has(word));
  return (some ? named : COMMANDS).map(([, add]) => add);
}

const EPILOG = `
A container is started from a bundle: a directory with a config.json (OCI runtime specification) and
a root file system; "shimctl spec" writes a config.json. You choose its id. Its state, exit code and
logs are kept until you delete it.

Every command takes the options at the top of this help, before or after its name. What counts is
the option; without it the variable (HOLDFAST_RUNTIME, HOLDFAST_LOG, …); then the config files: the
one that --config names, or else those in ~/.config/holdfast and /etc/holdfast; then the default.
"shimctl config show" tells where each value comes from, "shimctl config path" where files are
looked for.

Exit codes:
  0    it is done; run, exec: the process in the container exited with 0
  1    it failed: stderr says why, and what to try
  2    the command line is wrong
  125  run, exec: holdfast itself failed, or the exit code of the process can't be known
  126  run, exec: the command in the container can't be executed
  127  run, exec: the command in the container doesn't exist
  130  logs -f, stats, events: you interrupted it (ctrl-C)
  else run, exec: the exit code of the process in the container; 128+N if signal N ended it

Examples:
  shimctl run -b ./web web                 start it in the foreground
  shimctl run -d -b ./web web              start it in the background
  shimctl run -d --log file,maxSize=1m --runtime crun -b ./web web
  shimctl logs -f web
  shimctl exec web -- ps
  shimctl stop web && shimctl delete web
`;
