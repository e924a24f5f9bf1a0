import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { PatchOperation } from '../../src/lib/json-patch.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import { ObjectPatch } from '../object-patch.ts';
import type { PatchPath } from '../object-patch.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { allow, joinDenials, refuse } from '../verdict.ts';
import { inject } from './inject.ts';
import { NO_WANT } from './want.ts';
import type { RuleWant, Want } from './want.ts';
import { injectionsFor } from './wanted.ts';

/** An object with all that its template is to have, before the rules of its kind look at it. */
export interface InjectedObject {
  /** The object itself where nothing is added. */
  readonly object: JsonObject;
  readonly operations: readonly PatchOperation[];
  readonly warnings: readonly string[];
  readonly denial: DenyVerdict | undefined;
  /** What policies want beyond the template; undefined where none is for it. */
  readonly rules: RuleWant | undefined;
}

/**
 * Adds what is wanted to the pod or template at `at`. Rules that count what a pod asks for come afterwards, so that they see
 * the devices, too.
 */
export function injectInto(
  request: AdmissionRequest,
  object: JsonObject,
  template: TemplateFacts,
  at: PatchPath,
  view: ClusterView,
): InjectedObject {
  return withWanted(object, template, at, injectionsFor(request, template, view));
}

/** Adds what one or all producers want. */
export function withWanted(object: JsonObject, template: TemplateFacts, at: PatchPath, wanted: Want): InjectedObject {
  if (wanted === NO_WANT) return { object, operations: [], warnings: [], denial: undefined, rules: undefined };
  const patch = new ObjectPatch(object);
  const errors = inject(patch, template, at, wanted.injection);
  const denial = joinDenials(wanted.denial, errors.length === 0 ? undefined : refuse('TooManyNodeTerms', ...errors));
  const { operations } = patch;
  const injected = operations.length === 0 || denial !== undefined ? object : applyPatch(object, operations);
  const { rules } = wanted;
  const isTold = rules !== undefined && rules.summary !== '' && (rules.isNews || operations.length > 0);
  return {
    object: isJsonObject(injected) ? injected : object,
    operations,
    warnings: isTold ? [...wanted.warnings, rules.summary] : wanted.warnings,
    denial,
    rules,
  };
}

/** The verdict of the object's own rules, together with what was added before they looked at it. */
export function withInjected({ operations, warnings, denial, rules }: InjectedObject, verdict: Verdict): Verdict {
  if (verdict.kind === 'error') return verdict;
  if (verdict.kind === 'deny') return joinDenials(denial, verdict) ?? verdict;
  if (denial !== undefined) return denial;
  if (operations.length === 0 && warnings.length === 0 && rules === undefined) return verdict;
  const audit = { ...verdict.audit, ...rules?.audit };
  return allow([...operations, ...verdict.patch], [...warnings, ...verdict.warnings], audit, rules?.hits);
}
