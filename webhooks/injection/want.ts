import type { DenyVerdict } from '../admission.ts';
import { joinDenials } from '../verdict.ts';
import { joinInjections, NO_INJECTION } from './injection.ts';
import type { Injection } from './injection.ts';

/** What one or all producers want of a pod or template. */
export interface Want {
  readonly injection: Injection;
  readonly warnings: readonly string[];
  /** Why the object is refused instead. */
  readonly denial: DenyVerdict | undefined;
}

/** Wants nothing: one shared value. */
export const NO_WANT: Want = Object.freeze({ injection: NO_INJECTION, warnings: [], denial: undefined });

/** All together. */
export function joinWants(...parts: readonly Want[]): Want {
  const real = parts.filter((part) => part !== NO_WANT);
  const [first = NO_WANT] = real;
  if (real.length <= 1) return first;
  return {
    injection: joinInjections(...real.map(({ injection }) => injection)),
    warnings: real.flatMap(({ warnings }) => warnings),
    denial: joinDenials(...real.map(({ denial }) => denial)),
  };
}
