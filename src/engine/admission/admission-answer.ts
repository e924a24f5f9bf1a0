import { REASONS } from '../../api/reasons.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import type { PatchOperation } from '../../lib/json-patch.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { DenyVerdict } from '../../../webhooks/verdict.ts';

/** Why a review is answered with a refusal; becomes the `status` of the response. */
export interface Denial {
  /** HTTP-like code, 400 or more. */
  readonly code: number;
  /** Reason code; kubectl prints it in brackets. */
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly FieldError[];
  /** Above 0, clients try again by themselves after so many seconds. */
  readonly retryAfterSeconds: number;
}

/** The answer to one review, ready to be encoded. */
export interface ReviewAnswer {
  readonly uid: string;
  /** Undefined means allowed. */
  readonly denial: Denial | undefined;
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
  readonly audit: Readonly<Record<string, string>>;
}

/** What decides a review that could not be decided properly. */
export type FailureMode = 'deny' | 'allow';

type FaultReason = Extract<ReasonCode, 'InternalError' | 'Overloaded' | 'ObjectTooLarge'>;

/** Why a review is answered without being decided. */
export interface TurnedAway {
  readonly reason: FaultReason;
  /** One line. */
  readonly message: string;
}

/** A bug of ours. */
export const INTERNAL_ERROR: TurnedAway = { reason: 'InternalError', message: REASONS.InternalError };
/** Too much is going on. */
export const OVERLOADED: TurnedAway = { reason: 'Overloaded', message: REASONS.Overloaded };

const MAX_SHOWN_ERRORS = 8;
const MAX_CAUSES = 64;
/** kubectl's own advice; the API server cuts at 256 and drops all beyond 4,096 in total. */
const MAX_WARNING_CHARS = 120;
const MAX_WARNINGS = 16;
const FAULT_STATUS = {
  InternalError: { code: 500, retryAfterSeconds: 0 },
  // The API server passes the delay on as a Retry-After header, which client-go obeys.
  Overloaded: { code: 429, retryAfterSeconds: 1 },
  ObjectTooLarge: { code: 413, retryAfterSeconds: 0 },
} as const;

const NOTHING: readonly never[] = Object.freeze([]);
const NO_AUDIT: Readonly<Record<string, string>> = Object.freeze({});

/** Allowed, untouched. */
export function allowUntouched(request: AdmissionRequest): ReviewAnswer {
  return { uid: request.uid, denial: undefined, patch: NOTHING, warnings: NOTHING, audit: NO_AUDIT };
}

/** Allowed with what the verdicts have gathered. */
export function allowWith(
  request: AdmissionRequest,
  patch: readonly PatchOperation[],
  warnings: readonly string[],
  audit: Readonly<Record<string, string>>,
): ReviewAnswer {
  const shown = warnings.length === 0 ? NOTHING : warnings.slice(0, MAX_WARNINGS).map(warningLine);
  return { uid: request.uid, denial: undefined, patch, warnings: shown, audit };
}

/** Refused with the errors of every verdict; the first verdict's code and reason stand for all. */
export function denyWith(
  request: AdmissionRequest,
  verdicts: readonly DenyVerdict[],
  warnings: readonly string[],
): ReviewAnswer {
  const errors = verdicts.flatMap((verdict) => verdict.errors);
  const reason = verdicts[0]?.reason ?? 'InternalError';
  const denial: Denial = {
    code: verdicts[0]?.code ?? FAULT_STATUS.InternalError.code,
    reason,
    message: denialMessage(errors, reason),
    causes: errors.slice(0, MAX_CAUSES),
    retryAfterSeconds: 0,
  };
  return { ...allowWith(request, NOTHING, warnings, { reason }), denial };
}

/** The declared failure mode's answer: an allowed object is left exactly as it came. */
export function failWith(request: AdmissionRequest, { reason, message }: TurnedAway, mode: FailureMode): ReviewAnswer {
  const audit = { reason, 'failure-mode': mode };
  if (mode === 'allow') return allowWith(request, NOTHING, [`Sluice left this object as it is: ${message}`], audit);
  const denial: Denial = { ...FAULT_STATUS[reason], reason, message: `${message} (${reason})`, causes: NOTHING };
  return { ...allowWith(request, NOTHING, NOTHING, audit), denial };
}

/** Ends in the reason code: `kubectl create` shows it nowhere else. */
function denialMessage(errors: readonly FieldError[], reason: string): string {
  if (errors.length === 0) return Object.hasOwn(REASONS, reason) ? REASONS[reason as ReasonCode] : reason;
  const shown = errors.slice(0, MAX_SHOWN_ERRORS).map(formatFieldError).join('; ');
  const more = errors.length > MAX_SHOWN_ERRORS ? `; and ${errors.length - MAX_SHOWN_ERRORS} more` : '';
  return `${shown}${more} (${reason})`;
}

/** One line without control characters: a warning travels in an HTTP header. */
function warningLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, MAX_WARNING_CHARS)
    .toWellFormed();
}
