import {
  ACCELERATORS_APPLIED_ANNOTATION,
  DATASETS_APPLIED_ANNOTATION,
  INJECTED_BY_ANNOTATION,
  NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION,
} from '../../src/api/keys.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import { arrayAt, isJsonObject, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { injectEach } from '../injection/inject-each.ts';
import { injectInto } from '../injection/injected.ts';
import type { InjectedObject } from '../injection/injected.ts';
import { restoreInjected } from '../injection/restore.ts';
import { policyNames } from '../injection/want.ts';
import { ObjectPatch } from '../object-patch.ts';
import type { PatchPath } from '../object-patch.ts';
import { withRoot } from '../policies/root-of.ts';
import { NO_ANSWERS } from '../question.ts';
import { schedulerKind } from '../stamp.ts';
import { readTemplateFacts } from '../template-facts.ts';
import { joinDenials, refuse } from '../verdict.ts';
import { tasksOf } from './task-facts.ts';

/** What the paths of tasks begin with. */
const SPEC = 'spec';
const TOPOLOGY = ['spec', 'networkTopology'] as const;

/**
 * What policies say of a job, and what it, or a task of it, wishes of devices and datasets, goes into the templates of its tasks
 * when it is made: nobody reviews the pods, which Sluice makes itself. Templates are fixed afterwards: what a manifest that is applied
 * again leaves out is put back.
 */
export function withInjectedTasks(request: AdmissionRequest, job: JsonObject, view: ClusterView): InjectedObject {
  if (request.oldObject !== undefined) return restored(job, request.oldObject);
  if (schedulerKind(stringAt(job, ['spec', 'schedulerName'])) === 'foreign') return unchanged(job);
  const injected = injectEach(job, templatesOf(job), (before, { at, facts }) =>
    marked(injectInto(request, before, withRoot(facts, request, view, NO_ANSWERS), at, view), at),
  );
  return injected.denial === undefined ? prioritised(job, withinOneDomain(injected)) : injected;
}

/** With the names of the policies that wrote something, so that it is known again when a manifest leaves it out. */
function marked(injected: InjectedObject, at: PatchPath): InjectedObject {
  const names = policyNames(injected.rules);
  if (names === undefined || injected.operations.length === 0) return injected;
  const patch = new ObjectPatch(injected.object);
  patch.set([...at, 'metadata', 'annotations', INJECTED_BY_ANNOTATION], names);
  return patched(injected, patch);
}

/** The class that policies gave to all tasks is that of the job as well: its group goes by it. */
function prioritised(job: JsonObject, injected: InjectedObject): InjectedObject {
  const classesOf = (one: JsonObject): ReadonlySet<string> =>
    new Set(templatesOf(one).map(({ facts }) => facts.priorityClassName));
  const [name = '', ...others] = classesOf(injected.object);
  if (name === '' || others.length > 0 || classesOf(job).has(name)) return injected;
  const patch = new ObjectPatch(injected.object);
  patch.set(['spec', 'priorityClassName'], name);
  return patched(injected, patch);
}

/** The pod templates of the tasks of a job. */
export function templatesOf(job: JsonObject, specPath = 'spec') {
  return tasksOf(job).map(({ task, path }, index) => ({
    at: ['spec', 'tasks', index, 'template'],
    facts: readTemplateFacts(objectAt(task, 'template'), `${specPath}${path.slice(SPEC.length)}.template.`),
  }));
}

/** A wish for one domain of links for the group is about the whole job, and there a field says so. */
function withinOneDomain(injected: InjectedObject): InjectedObject {
  const { object } = injected;
  const tiers = templatesOf(object).map(({ facts }) =>
    stringAt(facts.annotations, [NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION]),
  );
  const asked = [...new Set(tiers.filter((tier) => tier !== ''))];
  const [tier] = asked;
  if (tier === undefined) return injected;
  const said = memberAt(object, ...TOPOLOGY);
  const own = isUnsaid(said) ? tier : stringAt(said, ['highestTierName']);
  if (asked.length > 1 || own !== tier) {
    const message = `its tasks ask for one domain of tier ${asked.join(' and ')} for the whole job`;
    const error = fieldError(TOPOLOGY.join('.'), 'FieldValueForbidden', own === '' ? undefined : own, message);
    return { ...injected, denial: joinDenials(injected.denial, refuse('AcceleratorsRefused', error)) };
  }
  return isUnsaid(said) ? added(injected, { mode: 'hard', highestTierName: tier }) : injected;
}

function added(injected: InjectedObject, topology: JsonObject): InjectedObject {
  const patch = new ObjectPatch(injected.object);
  patch.set(TOPOLOGY, topology);
  return patched(injected, patch);
}

function restored(job: JsonObject, old: JsonObject): InjectedObject {
  const patch = new ObjectPatch(job);
  for (const [index, before] of arrayAt(old, 'spec', 'tasks').entries()) {
    const annotations = objectAt(before, 'template', 'metadata', 'annotations');
    const template = memberAt(arrayAt(job, 'spec', 'tasks')[index], 'template');
    if (!MARKS.some((mark) => annotations[mark] !== undefined) || !isJsonObject(template)) continue;
    const at = ['spec', 'tasks', index, 'template'];
    restoreInjected(patch, template, objectAt(before, 'template'), at);
    if (annotations[INJECTED_BY_ANNOTATION] !== undefined)
      restoreMaps(patch, template, objectAt(before, 'template'), at);
    const topology = memberAt(old, ...TOPOLOGY);
    const isOurs = annotations[NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION] !== undefined;
    if (isOurs && isJsonObject(topology) && isUnsaid(memberAt(job, ...TOPOLOGY))) patch.set(TOPOLOGY, topology);
  }
  return patched(unchanged(job), patch);
}

const MARKS = [ACCELERATORS_APPLIED_ANNOTATION, DATASETS_APPLIED_ANNOTATION, INJECTED_BY_ANNOTATION];

/** Policies write any keys; those of ours are put back with the rest. */
function restoreMaps(patch: ObjectPatch, template: JsonObject, old: JsonObject, at: PatchPath): void {
  for (const map of ['labels', 'annotations']) {
    const own = objectAt(template, 'metadata', map);
    for (const [key, value] of Object.entries(objectAt(old, 'metadata', map))) {
      if (!Object.hasOwn(own, key) && !key.startsWith('sluice.dev/')) patch.set([...at, 'metadata', map, key], value);
    }
  }
}

function patched(before: InjectedObject, { operations }: ObjectPatch): InjectedObject {
  if (operations.length === 0) return before;
  const object = applyPatch(before.object, operations);
  return isJsonObject(object) ? { ...before, object, operations: [...before.operations, ...operations] } : before;
}

function unchanged(object: JsonObject): InjectedObject {
  return { object, operations: [], warnings: [], denial: undefined, rules: undefined };
}

function isUnsaid(value: JsonValue | undefined): boolean {
  return value === undefined || value === null;
}
