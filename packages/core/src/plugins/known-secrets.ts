import { maskTexts, secretTexts, type Mask } from '../config/mask.js';
import { secretsIn } from '../config/secrets.js';
import type { PluginDefinition } from '../plugin/define-plugin.js';

/** The oldest ones are forgotten. */
const MOST = 1_000;

/** The secrets among the options of all plugins of this process: what is logged of an error that is nobody's may hold any of them. */
export class KnownSecrets {
  readonly #texts = new Set<string>();
  #mask: Mask | undefined;

  learn({ optionsSchema }: PluginDefinition, options: Readonly<Record<string, unknown>>): void {
    const before = this.#texts.size;
    for (const text of secretTexts(options, secretsIn(optionsSchema, options))) this.#texts.add(text);
    if (this.#texts.size === before) return;
    for (const text of this.#texts) {
      if (this.#texts.size <= MOST) break;
      this.#texts.delete(text);
    }
    this.#mask = maskTexts([...this.#texts]);
  }

  readonly mask: Mask = (text) => this.#mask?.(text) ?? text;
}
