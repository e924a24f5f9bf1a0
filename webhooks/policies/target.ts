import {
  ACCELERATOR_LABEL,
  ACCELERATORS_ANNOTATION,
  DATASET_LABEL,
  DATASETS_ANNOTATION,
  GROUP_MIN_MEMBER_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../src/api/keys.ts';
import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import { CRON_JOBS, JOBS, VCJOBS } from '../../src/api/resources.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { ownMinimum } from '../frameworks/read-root.ts';
import { namedQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { isClusterController } from '../requester.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { PRIORITY_CLASS_VIEW } from '../view-kinds.ts';

/** The pod or template that policies are applied to, and what it has of what they may write. */
export interface PolicyTarget {
  readonly template: TemplateFacts;
  /** The queue that the object or its template names. */
  readonly queue: QueueChoice | undefined;
  /** The lower bound that is written; empty for none. */
  readonly minMembers: string;
  readonly minMembersPath: string;
  /** A Job of Volcano has a minimum for each of its tasks, which no number of a policy tells. */
  readonly isMinimumFixed: boolean;
  /** Empty where none was chosen. */
  readonly priorityClass: string;
  readonly runtimeClass: string;
  /**
   * Made by a controller of the cluster from something that was looked at before: what is there stays, and nothing is refused, since nobody
   * would see it.
   */
  readonly isFollowing: boolean;
  /** What the pods wish already, by themselves or through the object that they stand in; empty for nothing. */
  readonly accelerators: string;
  readonly datasets: string;
  /** Labels by which the pods belong to something, or all of a pod that has an owner. */
  readonly isFixedLabel: (key: string) => boolean;
}

/** Where somebody would have named another value. */
export const TARGET_PATHS = {
  queue: keyPath('metadata.labels', QUEUE_NAME_LABEL),
  minMembers: keyPath('metadata.annotations', GROUP_MIN_MEMBER_ANNOTATION),
} as const;

/** Reads it. */
export function policyTarget(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): PolicyTarget {
  const { object, username } = request;
  const isPod = template.path === '';
  const isOwned = isPod && memberAt(template.object, 'metadata', 'ownerReferences') !== undefined;
  const selected = isPod ? {} : objectAt(object, 'spec', 'selector', 'matchLabels');
  const annotations = objectAt(object, 'metadata', 'annotations');
  const root = { annotations, labels: objectAt(object, 'metadata', 'labels') };
  const isVcjob = request.group === VCJOBS.group && request.resource === VCJOBS.plural;
  return {
    template,
    queue: isVcjob ? fieldOf(object, 'queue') : namedIn(request, template),
    ...(isVcjob ? MINIMUM_OF_TASKS : minimumOf(object, [annotations, template.annotations], view)),
    isMinimumFixed: isVcjob,
    priorityClass:
      (isPod && isDefault(template.priorityClassName, view) ? '' : template.priorityClassName) ||
      (isVcjob ? (fieldOf(object, 'priorityClassName')?.name ?? '') : ''),
    runtimeClass: stringAt(template.spec, ['runtimeClassName']),
    isFollowing: isClusterController(username),
    accelerators: firstOf([template, root], ACCELERATORS_ANNOTATION, ACCELERATOR_LABEL),
    datasets: firstOf([template, root], DATASETS_ANNOTATION, DATASET_LABEL),
    isFixedLabel: (key) => isOwned || Object.hasOwn(selected, key),
  };
}

/** What a Job of Volcano says in a field of its own. */
function fieldOf(object: JsonObject | undefined, field: string): QueueChoice | undefined {
  const name = stringAt(object, ['spec', field]);
  return name === '' ? undefined : { name, path: `spec.${field}` };
}

const MINIMUM_OF_TASKS = { minMembers: 'that of its tasks', minMembersPath: 'spec.minAvailable' } as const;

/** In the annotation that every kind has, else in a field of the kind's own. */
function minimumOf(
  object: JsonObject | undefined,
  annotations: readonly JsonObject[],
  view: ClusterView,
): Pick<PolicyTarget, 'minMembers' | 'minMembersPath'> {
  const named = annotations.map((each) => stringAt(each, [GROUP_MIN_MEMBER_ANNOTATION])).find((text) => text !== '');
  const kind = view.workloadKind(stringAt(object, ['apiVersion']), stringAt(object, ['kind']));
  const own = kind === undefined || object === undefined ? undefined : ownMinimum(kind, object);
  if (named !== undefined || own === undefined)
    return { minMembers: named ?? '', minMembersPath: TARGET_PATHS.minMembers };
  return { minMembers: String(own), minMembersPath: kind?.minAvailable ?? TARGET_PATHS.minMembers };
}

/** What stands under the annotation, or else under the label, of the first place that has either. */
function firstOf(places: readonly Pick<TemplateFacts, 'annotations' | 'labels'>[], key: string, label: string): string {
  const found = places.flatMap(({ annotations, labels }) => [stringAt(annotations, [key]), stringAt(labels, [label])]);
  return found.find((text) => text !== '') ?? '';
}

/** The queue that counts: a Job's own word goes before that of its template, elsewhere the template's does. */
function namedIn({ object, resource }: AdmissionRequest, template: TemplateFacts): QueueChoice | undefined {
  const own = queueOf(object, '');
  if (resource === JOBS.plural) return own ?? template.queue;
  const inner =
    resource === CRON_JOBS.plural ? queueOf(memberAt(object, 'spec', 'jobTemplate'), 'spec.jobTemplate.') : undefined;
  return inner ?? template.queue ?? own;
}

function queueOf(object: unknown, path: string): QueueChoice | undefined {
  return namedQueue(objectAt(object, 'metadata', 'labels'), objectAt(object, 'metadata', 'annotations'), path);
}

/** The API server writes the default class into pods before it asks anybody. */
function isDefault(name: string, view: ClusterView): boolean {
  return name !== '' && view.of(PRIORITY_CLASS_VIEW).get(name)?.isGlobalDefault === true;
}
