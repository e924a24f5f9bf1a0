import { appendFileSync } from 'node:fs';

/** What is asked of every client. */
export const QUESTIONS = ['grouped right', 'minimum right', 'queue right', 'survives UPDATE', 'no deadlock'] as const;

/** One of them. */
export type Question = (typeof QUESTIONS)[number];

/** What became of a question; `-` where the client has nothing that it could be asked of. */
export type Answer = 'yes' | 'NO' | '-';

/** One line of what a run found. */
export type Finding =
  | { readonly client: string; readonly question: Question; readonly answer: Answer }
  | { readonly client: string; readonly asked: number; readonly wrong: readonly string[] }
  | { readonly client: string; readonly absent: string };

/** Notes a finding where the runner reads it; a file that mocha runs by itself has no runner. */
export function report(finding: Finding): void {
  const path = process.env['SLUICE_CLIENTS_REPORT'];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(finding)}\n`);
}
