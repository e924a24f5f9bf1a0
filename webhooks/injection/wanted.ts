import type { AdmissionRequest, AllowVerdict, ClusterView, DenyVerdict } from '../admission.ts';
import type { ObjectPatch } from '../object-patch.ts';
import { decide } from '../policies/decide.ts';
import { policyContext } from '../policies/policy-context.ts';
import { policyTarget } from '../policies/target.ts';
import { NOTHING_WANTED } from '../policies/wanted.ts';
import type { Wanted } from '../policies/wanted.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { isClusterController } from '../requester.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';
import { inject } from './inject.ts';

/** What rules have to know beside the template itself. */
export interface InjectionContext {
  readonly request: AdmissionRequest;
  /** The queue that the object or its template names. */
  readonly queue: QueueChoice | undefined;
}

/** What all that adds to pods wants of this pod or template: policies, in their order. */
export function injectionsFor(context: InjectionContext, template: TemplateFacts, view: ClusterView): Wanted {
  const policies = view.policies();
  if (policies.policies.length === 0) return NOTHING_WANTED;
  const matching = policies.match(policyContext(context.request, template, view));
  return matching.length === 0 ? NOTHING_WANTED : decide(matching, policyTarget(context, template, view), view);
}

/** What came of writing what was wanted. */
export interface Injected {
  readonly denial: DenyVerdict | undefined;
  /** Empty for controllers of the cluster, which read none. */
  readonly warnings: readonly string[];
}

/** Writes it into the pod or template at `at`, and tells people when something of it is new. */
export function injectWanted(
  patch: ObjectPatch,
  { username }: Pick<AdmissionRequest, 'username'>,
  template: TemplateFacts,
  at: readonly string[],
  wanted: Wanted,
): Injected {
  if (wanted === NOTHING_WANTED) return NOTHING_INJECTED;
  const before = patch.operations.length;
  const errors = inject(patch, template, at, wanted.injection);
  const denial = errors.length === 0 ? undefined : refuse('CannotInject', ...errors);
  if (isClusterController(username)) return { denial, warnings: [] };
  const isWritten = wanted.isNews || patch.operations.length > before;
  return { denial, warnings: [...wanted.warnings, ...(isWritten && wanted.summary !== '' ? [wanted.summary] : [])] };
}

/** The verdict on an object with what was written into it; untouched where nothing is written, told or counted. */
export function verdictWith(
  patch: ObjectPatch,
  warnings: readonly string[],
  { audit, hits }: Wanted,
  more: Readonly<Record<string, string>> = {},
): AllowVerdict {
  const isNothing = patch.operations.length === 0 && warnings.length === 0 && hits.length === 0;
  return isNothing ? UNCHANGED : allow(patch.operations, warnings, { ...more, ...audit }, hits);
}

const NOTHING_INJECTED: Injected = Object.freeze({ denial: undefined, warnings: Object.freeze([]) });
