import type { Read } from './facts.ts';

/** `unknown`: it could not be looked at. */
export type Level = 'well' | 'note' | 'wrong' | 'unknown';

/** One result of a check; the remedy is empty where nothing is to be done. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly message: string;
  readonly remedy: string;
}

export function well(check: string, message: string): Finding {
  return { check, level: 'well', message, remedy: '' };
}

export function note(check: string, message: string, remedy: string): Finding {
  return { check, level: 'note', message, remedy };
}

export function wrong(check: string, message: string, remedy: string): Finding {
  return { check, level: 'wrong', message, remedy };
}

/** The findings on what was read, or that it could not be. */
export function overRead<T>(check: string, read: Read<T>, judge: (value: T) => readonly Finding[]): readonly Finding[] {
  if (read.kind === 'read') return judge(read.value);
  return [
    {
      check,
      level: 'unknown',
      message: `cannot be looked at: ${read.why}`,
      remedy: 'use a kubeconfig with the rights to read it',
    },
  ];
}

/** 0: nothing is wrong. 1: something is. 3: nothing was found wrong, but not everything could be looked at. */
export function exitCode(findings: readonly Finding[]): number {
  if (findings.some(({ level }) => level === 'wrong')) return 1;
  return findings.some(({ level }) => level === 'unknown') ? 3 : 0;
}
