import type { DenyVerdict, PolicyHit } from '../verdict.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { joinDenials } from '../verdict.ts';
import { joinInjections, NO_INJECTION } from './injection.ts';
import type { Injection } from './injection.ts';

/** What one or all producers want of a pod or template. */
export interface Want {
  readonly injection: Injection;
  readonly warnings: readonly string[];
  /** Why the object is refused instead. */
  readonly denial: DenyVerdict | undefined;
  /** What policies want beside that. */
  readonly rules?: RuleWant;
}

/** What policies want beyond the pod or template itself, and what is told of them. */
export interface RuleWant {
  /** Takes the place of whatever queue is named, or of the namespace's default; undefined to leave it so. */
  readonly queue: QueueChoice | undefined;
  /** How few members a gang may start with; undefined to leave it so. */
  readonly minMembers: number | undefined;
  /** Told to people when something is written; empty for nothing. */
  readonly summary: string;
  /** Something that there can be one of only has another value than before. */
  readonly isNews: boolean;
  readonly audit: Readonly<Record<string, string>>;
  readonly hits: readonly PolicyHit[];
}

/** Names of policies in a plan, separated by blanks. */
const MAX_NAMES_LENGTH = 256;

/** The policies that are for an object, as its plan names them; undefined for none. */
export function policyNames(rules: RuleWant | undefined): string | undefined {
  const names = rules?.audit['policies'];
  return names === undefined || names.length <= MAX_NAMES_LENGTH ? names : `${names.slice(0, MAX_NAMES_LENGTH)}...`;
}

/** Wants nothing: one shared value. */
export const NO_WANT: Want = Object.freeze({ injection: NO_INJECTION, warnings: [], denial: undefined });

/** All together. */
export function joinWants(...parts: readonly Want[]): Want {
  const real = parts.filter((part) => part !== NO_WANT);
  const [first = NO_WANT] = real;
  if (real.length <= 1) return first;
  const rules = real.find((part) => part.rules !== undefined)?.rules;
  return {
    injection: joinInjections(...real.map(({ injection }) => injection)),
    warnings: real.flatMap(({ warnings }) => warnings),
    denial: joinDenials(...real.map(({ denial }) => denial)),
    ...(rules === undefined ? {} : { rules }),
  };
}
