import type { ReasonCode } from '../../api/reasons.ts';

/** Why something is refused, with numbers. */
export interface Refusal {
  readonly code: ReasonCode;
  readonly message: string;
  /** Those of the message, where it is about one resource. */
  readonly numbers?: RefusalNumbers;
  /** What stands in the way is a limit that somebody declared: more nodes would not mend it. */
  readonly isDeclared?: boolean;
}

/** What one group was refused in words that begin with its name, said to another. */
export function saidTo(key: string, refusal: Refusal, first: string): Refusal {
  const [own, others] = [`PodGroup ${key}`, `PodGroup ${first}`];
  if (key === first || !refusal.message.startsWith(others)) return refusal;
  return { ...refusal, message: `${own}${refusal.message.slice(others.length)}` };
}

/** What is asked of a resource that has a limit, in the resource's unit. */
export interface RefusalNumbers {
  /** By name: an index may mean another resource by the time that somebody asks. */
  readonly resource: string;
  readonly asked: number;
  /** Of the limit, what counts as gone already: held, and promised where promises count. */
  readonly held: number;
  readonly limit: number;
  /** Whose limit it is; absent: the cluster's. */
  readonly queue?: string;
}
