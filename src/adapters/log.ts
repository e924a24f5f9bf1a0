import { pino, stdTimeFunctions } from 'pino';
import type { LogFields, Logger } from '../engine/ports.ts';
import { formatLogLine } from './log-line.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where and how to log. */
export interface LogOptions {
  readonly level: LogLevel;
  /** One line for people instead of JSON. */
  readonly pretty: boolean;
  /** Fields on every line, for example the role. */
  readonly fields?: LogFields;
  /** Takes whole lines; standard error when absent. */
  readonly write?: (line: string) => void;
}

/** Logs to standard error, synchronously, so that the last line before an exit is never lost. */
export function createLogger(options: LogOptions): Logger {
  const write = options.write ?? openStandardError();
  const stream = { write: options.pretty ? (line: string) => write(`${formatLogLine(line)}\n`) : write };
  const logger = pino(
    {
      level: options.level,
      base: options.fields ?? null,
      messageKey: 'msg',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}

/** A worker's `process.stderr` goes through the main thread and loses lines at exit: write to the descriptor itself. */
function openStandardError(): (line: string) => void {
  const destination = pino.destination({ fd: 2, sync: true });
  // A closed pipe must cost the log line, not the process.
  destination.on('error', () => undefined);
  return (line) => void destination.write(line);
}
