import type { KindBreak } from './kind-breaks.ts';

/** A break that was decided on. */
export interface AllowedBreak extends KindBreak {
  /** What becomes of objects that have the old form, and who has to do what. The release notes say the same. */
  readonly reason: string;
}

/** Every one since the oldest baseline; empty as long as nothing had to be broken. */
const ALLOWED_BREAKS: readonly AllowedBreak[] = [];

/** Breaks that nobody decided on, and decisions about what did not break, in words. */
export function judgedBreaks(
  found: readonly KindBreak[],
  allowed: readonly AllowedBreak[] = ALLOWED_BREAKS,
): readonly string[] {
  const isAllowed = (broken: KindBreak) => allowed.some((one) => isSame(one, broken));
  const idle = allowed.filter((one) => !found.some((broken) => isSame(one, broken)));
  return [
    ...found.filter((broken) => !isAllowed(broken)).map(inWords),
    ...idle.map((one) => `allowed, but not so: ${inWords(one)}`),
  ];
}

function isSame(a: KindBreak, b: KindBreak): boolean {
  return a.kind === b.kind && a.path === b.path && a.change === b.change;
}

function inWords({ kind, path, change }: KindBreak): string {
  return path === '' ? `${kind}: ${change}` : `${kind} ${path}: ${change}`;
}
