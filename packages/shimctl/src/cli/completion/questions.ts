import { configRequest } from '../global-options.js';
import type { PluginKind } from '@holdfast/core/plugin';
import type { CliConfig } from '../services.js';
import type { CommandContext } from '../context.js';

/** What completion scripts ask for. */
export const QUESTIONS = ['containers', 'runtimes', 'namespaces', 'groups', 'log-drivers', 'plugins'] as const;
export type Question = (typeof QUESTIONS)[number];

/** Words that mean nothing to a shell: others are not offered. */
const HARMLESS = /^[\w@%+.,/][\w@%+.,/-]{0,255}$/;
const MOST_WORDS = 10_000;

export function isQuestion(text: string | undefined): text is Question {
  return QUESTIONS.some((question) => question === text);
}

async function pluginNames(config: CliConfig, kind?: PluginKind): Promise<string[]> {
  const plugins = await config.plugins();
  return plugins.filter((plugin) => kind === undefined || plugin.kind === kind).map(({ name }) => name);
}

/** The words that fit, sorted. Reads the config and the state directory; starts nothing. */
export async function answer({ environment, globals }: CommandContext, question: Question): Promise<string[]> {
  const { services } = environment;
  const config = await services.loadConfig(configRequest(globals, environment));
  const words = async (): Promise<readonly string[]> => {
    switch (question) {
      case 'runtimes':
        return [...(await services.builtInNames('runtime')), ...(await config.runtimes()).map(({ name }) => name)];
      case 'log-drivers':
        return [...(await services.builtInNames('log-driver')), ...(await pluginNames(config, 'log-driver'))];
      case 'plugins':
        return pluginNames(config);
      case 'containers':
        return (await services.locate(config.root, config.namespace)).map(({ id }) => id);
      case 'namespaces':
        return (await services.locate(config.root)).map(({ namespace }) => namespace);
      case 'groups':
        return (await services.locate(config.root)).flatMap(({ group }) => group ?? []);
    }
  };
  const harmless = (await words()).filter((word) => HARMLESS.test(word));
  return [...new Set(harmless)].sort().slice(0, MOST_WORDS);
}
