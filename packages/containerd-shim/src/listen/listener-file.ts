import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateLayout } from '@holdfast/core/client';
import type { PluginLogger } from '@holdfast/core/plugin';
import { isListener, type Listener } from './listener.js';

/** The listeners of a group, as its shimd knows them and the next one is to. */
export class ListenerFile {
  #text: string | undefined;

  constructor(
    private readonly layout: StateLayout,
    private readonly group: string,
  ) {}

  get path(): string {
    return join(this.layout.group(this.group), 'containerd.json');
  }

  /** `whole`: false if some of it can't be used; then it is set aside, and that is logged. Without a file there are none. */
  async read(logger: PluginLogger): Promise<{ readonly listeners: readonly Listener[]; readonly whole: boolean }> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      return error.code === 'ENOENT' ? '[]' : '';
    });
    const found = parse(text);
    const owner = { group: this.group, root: this.layout.root };
    const listeners = (found ?? []).filter((one) => isListener(one, owner));
    const whole = found !== undefined && listeners.length === found.length;
    if (whole) this.#text = text;
    else this.#setAside(logger);
    return { listeners, whole };
  }

  /** What it says already is not written again: the disk may be full. */
  write(listeners: Iterable<Listener>): void {
    const draft = `${this.path}.new`;
    const text = JSON.stringify([...listeners]);
    if (text === this.#text) return;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, this.path);
    this.#text = text;
  }

  remove(): void {
    this.#text = undefined;
    rmSync(this.path, { force: true });
  }

  #setAside(logger: PluginLogger): void {
    const path = `${this.path}.broken`;
    logger.error({ path }, 'the file of sockets is broken: it is set aside, and what the containers tell is used');
    try {
      renameSync(this.path, path);
    } catch (error) {
      logger.warn({ err: error, path }, 'it can not be set aside');
    }
  }
}

function parse(text: string): unknown[] | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
