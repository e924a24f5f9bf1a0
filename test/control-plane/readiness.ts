import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardedProcess } from './guardian.ts';

const POLL_MS = 40;
const TAIL_LINES = 12;
const TAIL_LINE_CHARS = 400;

/** A part of the control plane that did not come up, with the end of its log. */
export class StartFailure extends Error {
  readonly log: string;

  constructor(message: string, log: string) {
    super(log === '' ? message : `${message}; its log ends with:\n${log}`);
    this.log = log;
  }
}

/** Polls until the probe is content; a process that ends meanwhile, or too long a wait, is a StartFailure. */
export async function waitUntilReady(
  process: GuardedProcess,
  timeoutMs: number,
  probe: () => Promise<boolean>,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const exit = process.exit();
    if (exit !== undefined) throw new StartFailure(`${process.name} ${exit}`, await logTail(process.logPath));
    if (await probe().catch(() => false)) return;
    if (Date.now() > deadlineMs) {
      const waited = `${process.name} was not ready after ${timeoutMs / 1000} s`;
      throw new StartFailure(waited, await logTail(process.logPath));
    }
    await sleep(POLL_MS);
  }
}

/** The last lines of a log, indented. */
export async function logTail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-TAIL_LINES);
  return lines
    .map((line) => `    ${line.slice(0, TAIL_LINE_CHARS)}`)
    .join('\n')
    .trimEnd();
}
