import type { Logger } from 'pino';

/** The keeper starts shimd again, and nothing is lost by it: going on in an unknown state is worse. */
export function exitOnSurprise(logger: Logger): void {
  const surprise = (error: unknown): void => {
    logger.fatal({ err: error }, 'unexpected error: starting again');
    process.exit(70);
  };
  process.on('uncaughtException', surprise);
  process.on('unhandledRejection', surprise);
}
