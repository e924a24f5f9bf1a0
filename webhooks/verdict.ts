import type { ReasonCode } from '../src/api/reasons.ts';
import type { FieldError } from '../src/lib/field-error.ts';
import type { PatchOperation } from '../src/lib/json-patch.ts';
import type { AllowVerdict, DenyVerdict, PolicyHit, Verdict } from './admission.ts';

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
