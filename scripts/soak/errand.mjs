/** Exit code of `shimctl run` and `exec` when they could not do it. */
export const SHIM_FAILED = 125;

/** runc gives a busy cgroup v1 freezer some thousand looks, and up then; the container runs on. */
const GAVE_UP = /: unable to freeze \(SHIM_RUNTIME_FAILED\)/;

/** The command failed because the runtime's command behind it was killed: nothing more can be asked of it. */
class Excused extends Error {}

/** A number of commands for one container, in order. What goes wrong is tallied. */
export class Errand {
  #since = performance.now();

  constructor(world, id) {
    this.world = world;
    this.id = id;
  }

  /** Resolves when `task` is done or has failed. */
  async run(task) {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof Excused) && !this.world.signal.aborted) this.world.tally.failed(this.id, error);
    }
  }

  /** Runs shimctl to an exit code of 0; ends the errand otherwise. */
  async ok(...args) {
    const result = await this.world.stage.run(args);
    if (result.code !== 0) this.refuse(args.join(' '), result);
    return result.stdout;
  }

  /** Ends the errand for a command that should not have failed, or may have. */
  refuse(what, { code, stderr }) {
    if (this.#mayFail() || GAVE_UP.test(stderr)) {
      this.world.tally.excused(what, stderr);
      throw new Excused();
    }
    throw new Error(`shimctl ${what}: exit code ${code}\n${stderr}`);
  }

  /** Ends the errand if its container may not have come to run, though the shim had to believe so. */
  checkSpoiled() {
    if (!this.world.runtimeKills.spoiled(this.id)) return;
    this.world.tally.excused(this.id, 'its start was killed');
    throw new Excused();
  }

  /** Runs shimctl until it succeeds, as long as it may fail. */
  async insist(...args) {
    for (;;) {
      this.#since = performance.now();
      const { code, stderr } = await this.world.stage.run(args);
      if (code === 0) return;
      if (!this.#mayFail()) throw new Error(`shimctl ${args.join(' ')}: exit code ${code}\n${stderr}`);
      this.world.tally.excused(args.join(' '), stderr);
    }
  }

  #mayFail() {
    return this.world.runtimeKills.struck(this.id, this.#since);
  }
}
