import { existsSync } from 'node:fs';

const PATIENCE_MS = 15_000;
const MORE_LINES = 2;

/** The container that holdfast holds, by way of the command line. */
export class Held {
  #show;
  #places;
  #id;

  constructor(show, places) {
    this.#show = show;
    this.#places = places;
    this.#id = places.held.id;
  }

  /** Arguments as they follow `shimctl`. */
  arguments(...args) {
    return ['--config', this.#places.config, ...args];
  }

  async inspect() {
    return JSON.parse(await this.#show.quietly('shimctl', this.arguments('--json', 'inspect', this.#id)));
  }

  async showAlive() {
    const before = await this.#lines();
    await this.#grown(before.length);
    await this.#show.run('shimctl', this.arguments('logs', '--tail', '3', this.#id));
    const { status, pid } = await this.inspect();
    this.#show.claim(`the other container lives on (${status}, pid ${pid}), and its log grows`, status === 'running');
    this.#show.claim('it got no SIGPIPE', !existsSync(this.#places.held.fate));
  }

  async showShimdKilled() {
    const before = await this.inspect();
    const lines = await this.#lines();
    await this.#show.run('kill', ['-9', String(before.shim.pid)]);
    await this.#grown(lines.length);
    const after = await this.inspect();
    this.#show.claim(
      'shimd is another process now: the keeper has started it again',
      after.shim.pid !== before.shim.pid,
    );
    this.#show.claim('the container is the same process', after.pid === before.pid && after.status === 'running');
    this.#show.claim('it got no SIGPIPE', !existsSync(this.#places.held.fate));
  }

  async showCommands() {
    await this.#show.run('shimctl', this.arguments('logs', this.#id));
    const missing = missingNumbers(await this.#lines());
    this.#show.claim('no line of the log is missing', missing.length === 0, `missing: ${missing.join(', ')}`);
    const script = 'echo "inside with PID 1: $(cat /proc/1/comm)"';
    const said = await this.#show.run('shimctl', this.arguments('exec', this.#id, '--', 'sh', '-c', script));
    this.#show.claim('exec runs a command inside', said.startsWith('inside with PID 1: '), said);
    const table = await this.#show.run('shimctl', this.arguments('list'));
    this.#show.claim('list shows it running', table.includes(this.#id) && table.includes('running'), table);
  }

  async showStop() {
    await this.#show.run('shimctl', this.arguments('stop', '-t', '5', this.#id));
    const { status, exitCode } = await this.inspect();
    this.#show.claim(
      `it was asked to stop and did: ${status} with exit code ${exitCode}`,
      status === 'stopped' && exitCode === 0,
    );
    const lines = await this.#lines();
    this.#show.claim(`its last line is in the log: "${lines.at(-1)}"`, lines.at(-1) === 'asked to stop');
    await this.#show.run('shimctl', this.arguments('delete', this.#id));
  }

  async #lines() {
    const log = await this.#show.quietly('shimctl', this.arguments('logs', '--stdout', this.#id));
    return log.split('\n').filter(Boolean);
  }

  #grown(count) {
    return this.#show.until(
      'its log grows',
      PATIENCE_MS,
      async () => (await this.#lines()).length >= count + MORE_LINES,
    );
  }
}

/** Numbers from 1 to the last that no "line N" has. */
function missingNumbers(lines) {
  const present = new Set(lines.map((line) => Number(line.replace('line ', ''))));
  const last = Math.max(...present);
  return Array.from({ length: last }, (_, index) => index + 1).filter((number) => !present.has(number));
}
