import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { PatchOperation } from '../../lib/json-patch.ts';

/**
 * `pass`: it matched, and the object may be written as it then is. `warn`: with a warning. `fail`: it refuses the object. `error`: it could
 * not be decided, by a fault of ours or of its expression. `skip`: nobody can tell without an API server. `none`: it is not for the object.
 */
export const OUTCOMES = ['pass', 'warn', 'fail', 'error', 'skip', 'none'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A field that differs. */
export interface Difference {
  /** As in `spec.template.spec.tolerations[0]`. */
  readonly path: string;
  /** Undefined where it was not there. */
  readonly before: JsonValue | undefined;
  /** Undefined where it is there no more. */
  readonly after: JsonValue | undefined;
}

/** What one policy means for one object. */
export interface PolicyFinding {
  /** Id of the policy; empty for what Sluice does with no policy at all. */
  readonly policy: string;
  readonly outcome: Outcome;
  /** Why it is not for the object, or why that cannot be told. */
  readonly reasons: readonly string[];
  /** What it changes beyond what comes before it. */
  readonly changes: readonly Difference[];
  /** Warnings and refusals that it brings about. */
  readonly messages: readonly string[];
}

/** What all policies mean for one object. */
export interface ObjectReport {
  /** As in `Job/team-a/train`. */
  readonly object: string;
  readonly file: string;
  readonly line: number;
  readonly outcome: Outcome;
  readonly findings: readonly PolicyFinding[];
  /** The object as it would be stored; as it came when it is refused. */
  readonly result: JsonObject;
  readonly patch: readonly PatchOperation[];
}

/** The worst of some outcomes; `none` for nothing. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return SEVERITY.find((outcome) => outcomes.includes(outcome)) ?? 'none';
}

const SEVERITY: readonly Outcome[] = ['error', 'fail', 'skip', 'warn', 'pass'];

/** How many of each there are. */
export function countOf(outcomes: readonly Outcome[]): Readonly<Record<Outcome, number>> {
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    pass: count('pass'),
    warn: count('warn'),
    fail: count('fail'),
    error: count('error'),
    skip: count('skip'),
    none: count('none'),
  };
}
