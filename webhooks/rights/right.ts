import type { ReasonCode } from '../../src/api/reasons.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import type { Answers, AuthoriseQuestion } from '../question.ts';
import { isClusterController } from '../requester.ts';
import { forbid, joinDenials, withWarnings } from '../verdict.ts';
import { grantText } from './grant.ts';
import type { Grant } from './grant.ts';
import type { RightMode } from './mode.ts';

/** A right that a request takes, and the field that takes it. */
export interface Right extends Grant {
  readonly path: string;
  readonly value: string;
  /** The reason code of who lacks it. */
  readonly reason: ReasonCode;
  /** What it is good for, after "has no right to". */
  readonly act: string;
}

/** The rights that a request takes of its user. Pure: asked about first, and again when the answers are there. */
export type RightsFn = (request: AdmissionRequest, view: ClusterView) => readonly Right[];

/**
 * True where nobody's rights are looked at, and for who is never asked: controllers of the cluster make what follows a reviewed
 * object, and what Sluice writes was decided by these rules.
 */
export function isUnasked({ username }: AdmissionRequest, view: ClusterView): boolean {
  const { queues, bypass } = view.rights;
  return (queues === 'off' && bypass === 'off') || isClusterController(username) || view.isOwn(username);
}

/** Of an update: the rights that the object did not take before. */
export function newRights(rights: readonly Right[], before: readonly Right[]): readonly Right[] {
  return rights.filter((right) => !before.some(({ verb, name }) => verb === right.verb && name === right.name));
}

/** Asked about the cluster as a whole: what a role of a namespace holds there says nothing about queues or namespaces. */
export function rightQuestion({ verb, type, name }: Right): AuthoriseQuestion {
  return { kind: 'authorise', key: keyOf(verb, name), verb, type, subresource: '', namespace: '', name };
}

/** The verdict where the user has the rights, else a refusal or a warning. A refusal of the row itself comes first. */
export function underRights(
  verdict: Verdict,
  rights: readonly Right[],
  request: AdmissionRequest,
  view: ClusterView,
  answers: Answers,
): Verdict {
  if (rights.length === 0 || verdict.kind !== 'allow') return verdict;
  const denial = joinDenials(...rights.map((right) => denialOf(right, request, modeOf(right, view), answers)));
  return (
    denial ??
    withWarnings(
      verdict,
      rights.flatMap((right) => warnings(right, modeOf(right, view), answers)),
    )
  );
}

function denialOf(
  right: Right,
  { username }: AdmissionRequest,
  mode: RightMode,
  answers: Answers,
): DenyVerdict | undefined {
  const answer = answerTo(right, answers);
  if (mode !== 'enforce' || answer === 'allowed') return undefined;
  const { path, value, reason, act } = right;
  if (answer === 'unknown') {
    const message = `it could not be found out in time whether ${username} may ${act}: try again`;
    return forbid('RightUnknown', fieldError(path, 'FieldValueForbidden', value, message));
  }
  const message = `${username} has no right to ${act}; an administrator gives it by ${grantText(right, username)}`;
  return forbid(reason, fieldError(path, 'FieldValueForbidden', value, message));
}

/** What who lacks a right is told where that refuses nothing yet. */
function warnings(right: Right, mode: RightMode, answers: Answers): readonly string[] {
  if (mode !== 'warn' || answerTo(right, answers) !== 'denied') return [];
  return [`you have no right to ${right.act}: allowed today, refused once it is enforced (${right.reason})`];
}

function modeOf({ verb }: Right, { rights }: ClusterView): RightMode {
  return verb === 'bypass' ? rights.bypass : rights.queues;
}

function keyOf(verb: string, name: string): string {
  return `${verb}/${name}`;
}

function answerTo({ verb, name }: Right, answers: Answers): 'allowed' | 'denied' | 'unknown' {
  const answer = answers.get(keyOf(verb, name));
  return answer?.kind === 'authorise' ? answer.verdict : 'unknown';
}
