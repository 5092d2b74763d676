import type { PluginLogger } from '../../src/plugin/plugin-context.js';

/** Keeps what was logged, as `level: message`. */
export class QuietLogger implements PluginLogger {
  readonly lines: string[] = [];
  readonly errors: unknown[] = [];

  debug(_fields: object, message: string): void {
    this.lines.push(`debug: ${message}`);
  }
  info(_fields: object, message: string): void {
    this.lines.push(`info: ${message}`);
  }
  warn(_fields: object, message: string): void {
    this.lines.push(`warn: ${message}`);
  }
  error(fields: object, message: string): void {
    this.lines.push(`error: ${message}`);
    this.errors.push((fields as { err?: unknown }).err);
  }
}
