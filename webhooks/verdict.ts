import type { Enforcement } from '../src/api/records/policy.ts';
import type { FetchQuestion } from './question.ts';
import type { ReasonCode } from '../src/api/reasons.ts';
import type { FieldError } from '../src/lib/field-error.ts';
import type { PatchOperation } from '../src/lib/json-patch.ts';

export interface AllowVerdict {
  readonly kind: 'allow';
  /** Empty for "leave it as it is"; always empty from validators. */
  readonly patch: readonly PatchOperation[];
  /** Shown by kubectl; each at most 120 characters, no line breaks. */
  readonly warnings: readonly string[];
  /** Short keys (`[a-z-]+`); the API server prefixes them with the webhook's name in its audit log. */
  readonly audit: Readonly<Record<string, string>>;
  /** Policies that were for the object, to be counted; absent for none. */
  readonly hits?: readonly PolicyHit[];
}

/** A policy that was for an object. */
export interface PolicyHit {
  /** Its id. */
  readonly policy: string;
  readonly enforcement: Enforcement;
}

export interface DenyVerdict {
  readonly kind: 'deny';
  /** 422 for bad values, 403 for forbidden acts. */
  readonly code: 403 | 422;
  /** Reason code from src/api/reasons.ts. */
  readonly reason: string;
  readonly errors: readonly FieldError[];
  /** What the view lacks and the refusal rests on. A view may be late, so it is looked up before anybody is refused. */
  readonly doubts?: readonly FetchQuestion[];
}

/** An internal fault; the review is answered by the declared failure mode, and counted. */
export interface ErrorVerdict {
  readonly kind: 'error';
  readonly message: string;
}

export type Verdict = AllowVerdict | DenyVerdict | ErrorVerdict;

/** "Leave it as it is": one shared object, so that the hot path allocates nothing for it. */
export const UNCHANGED: AllowVerdict = Object.freeze({
  kind: 'allow',
  patch: Object.freeze([]),
  warnings: Object.freeze([]),
  audit: Object.freeze({}),
});

/** Allows with changes, notes for kubectl and notes for the audit log. */
export function allow(
  patch: readonly PatchOperation[],
  warnings: readonly string[] = [],
  audit: Readonly<Record<string, string>> = {},
  hits: readonly PolicyHit[] = [],
): AllowVerdict {
  const verdict: AllowVerdict = { kind: 'allow', patch, warnings: warnings.map(shortWarning), audit };
  return hits.length === 0 ? verdict : { ...verdict, hits };
}

/** The verdict, with more to tell the user where it allows. */
export function withWarnings(verdict: Verdict, warnings: readonly string[]): Verdict {
  if (verdict.kind !== 'allow' || warnings.length === 0) return verdict;
  return { ...verdict, warnings: [...verdict.warnings, ...warnings.map(shortWarning)] };
}

/** Refuses bad values (422). */
export function refuse(reason: ReasonCode, ...errors: readonly FieldError[]): DenyVerdict {
  return { kind: 'deny', code: 422, reason, errors };
}

/** Refuses an act whatever its values are (403). */
export function forbid(reason: ReasonCode, ...errors: readonly FieldError[]): DenyVerdict {
  return { kind: 'deny', code: 403, reason, errors };
}

/** One refusal that tells all mistakes at once, under the first one's reason; undefined when there are none. */
export function joinDenials(...denials: readonly (DenyVerdict | undefined)[]): DenyVerdict | undefined {
  const real = denials.filter((denial) => denial !== undefined);
  const [first] = real;
  if (first === undefined) return undefined;
  return {
    ...first,
    errors: real.flatMap((denial) => denial.errors),
    doubts: real.flatMap((denial) => denial.doubts ?? []),
  };
}

/** kubectl and the API server cut longer warnings at places of their own. */
const MAX_WARNING_LENGTH = 120;

function shortWarning(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= MAX_WARNING_LENGTH ? line : `${line.slice(0, MAX_WARNING_LENGTH - 3)}...`;
}
