import type { PluginLogger } from '@holdfast/core/plugin';

/** A message that a plugin logged. */
export interface LoggedMessage {
  readonly level: keyof PluginLogger;
  readonly fields: object;
  readonly message: string;
}

/** Keeps what a plugin logs. */
export class CollectingLogger implements PluginLogger {
  readonly messages: LoggedMessage[] = [];

  debug = (fields: object, message: string): void => this.#keep('debug', fields, message);
  info = (fields: object, message: string): void => this.#keep('info', fields, message);
  warn = (fields: object, message: string): void => this.#keep('warn', fields, message);
  error = (fields: object, message: string): void => this.#keep('error', fields, message);

  /** The texts of warnings and errors. */
  complaints(): string[] {
    return this.messages.filter(({ level }) => level === 'warn' || level === 'error').map(({ message }) => message);
  }

  #keep(level: keyof PluginLogger, fields: object, message: string): void {
    this.messages.push({ level, fields, message });
  }
}
