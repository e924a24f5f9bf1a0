import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import { isJsonObject, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import { readRoot } from '../frameworks/read-root.ts';
import type { RootFacts } from '../frameworks/read-root.ts';
import type { PatchPath } from '../object-patch.ts';
import { planOf, rootName } from '../own-plan.ts';
import { policyMinOf } from '../policy-min.ts';
import { namedQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { readTemplateFacts } from '../template-facts.ts';
import type { TemplateFacts } from '../template-facts.ts';

/** A pod template in an object, and the role of its pods. */
export interface RootTemplate {
  readonly at: PatchPath;
  readonly role: string;
  readonly facts: TemplateFacts;
}

/** An object of a workload kind under review; read once. */
export interface ReviewedRoot {
  readonly object: JsonObject;
  /** Its name, or its generateName while it has none. */
  readonly root: string;
  readonly facts: RootFacts;
  readonly templates: readonly RootTemplate[];
  /** The plan annotation as it stands; empty when there is none. */
  readonly planText: string;
  readonly plan: GroupPlan | undefined;
  /** The lower bound that a policy gave it when it was made; undefined for none. */
  readonly policyMin: number | undefined;
  /** The queue that it names itself, else one of its templates. */
  readonly queue: QueueChoice | undefined;
}

/** Reads the facts; nothing here depends on the cluster. */
export function readReviewedRoot(kind: WorkloadKindSpec, request: AdmissionRequest, object: JsonObject): ReviewedRoot {
  const annotations = objectAt(object, 'metadata', 'annotations');
  const facts = readRoot(kind, object);
  const templates = facts.roles.flatMap(({ name, template }) => {
    const place = template?.isSpecOnly === false ? template.place : undefined;
    if (place === undefined || !isJsonObject(place.value)) return [];
    return [{ at: place.at, role: name, facts: readTemplateFacts(place.value, pathText(place.at)) }];
  });
  const own = namedQueue(objectAt(object, 'metadata', 'labels'), annotations, '') ?? facts.queue;
  return {
    object,
    root: rootName(request, object),
    facts,
    templates,
    planText: stringAt(annotations, [GROUP_PLAN_ANNOTATION]),
    plan: planOf(annotations),
    policyMin: policyMinOf(annotations),
    queue: own ?? templates.find((template) => template.facts.queue !== undefined)?.facts.queue,
  };
}

/** `spec.replicatedJobs[0].template.`, to put a field behind. */
function pathText(at: PatchPath): string {
  return at
    .map((step) => (typeof step === 'number' ? `[${step}].` : `${step}.`))
    .join('')
    .replaceAll('.[', '[');
}
