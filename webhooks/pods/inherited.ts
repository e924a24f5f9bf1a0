import { SPARK_APP_LABEL, SPARK_ROLE_LABEL } from '../../src/api/keys.ts';
import { isSignedTemplate } from '../../src/api/submitter-claim.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { controllerOf } from '../controller-of.ts';
import { replicaPlan } from '../frameworks/replica-group.ts';
import { sparkGroup } from '../frameworks/spark.ts';
import { taskOf } from '../frameworks/task-of.ts';
import { askOwner, askOwningPod, fetchedOwner, inheritanceOf, unsigned } from '../inheritance.ts';
import type { Inheritance } from '../inheritance.ts';
import { makersOf } from '../makers.ts';
import { askNamed, namedRoot } from '../named-root.ts';
import type { Answers, Question } from '../question.ts';
import { isClusterController } from '../requester.ts';
import { askSubmitter } from '../submitter.ts';
import { inherits } from './membership.ts';
import type { Membership } from './membership.ts';
import { isNativeMember, text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/** What has to be known of the pod's controller; nothing for most pods. */
export function askPod(request: AdmissionRequest, view: ClusterView): readonly Question[] {
  const { object, namespace } = request;
  const owner = controllerOf(object);
  const named = object === undefined ? [] : askNamed(object, namespace, view);
  if (owner === undefined || named.length > 0) return named;
  const makers = askSubmitter(request, owner);
  if (makers.length > 0) return makers;
  const labels = objectAt(object, 'metadata', 'labels');
  const app = text(labels, SPARK_APP_LABEL);
  // An operator's driver is in the operator's group, which the name of the application does not tell.
  if (
    app !== '' &&
    text(labels, SPARK_ROLE_LABEL) === 'executor' &&
    view.group(namespace, sparkGroup(app)) === undefined
  )
    return askOwningPod(owner, namespace);
  return askOwner(owner, namespace, view);
}

/** The group that was planned for what made the pod; undefined when there is none, or the pod names another by hand. */
export function byRoot(pod: PodFacts, inherited: Inheritance | undefined, answers: Answers): Membership | undefined {
  if (inherited === undefined || inherited.kind === 'queue') return undefined;
  if (pod.owner?.kind === 'Pod' && !isOfDriver(pod, answers)) return undefined;
  if (inherited.kind === 'group') {
    const { group, queue } = inherited;
    return joinsGroup(pod, group)
      ? inherits(group, text(pod.labels, SPARK_ROLE_LABEL), true, { queue, plan: undefined })
      : undefined;
  }
  const plan = replicaPlan(inherited.plan, pod.labels, pod.root);
  if (plan === undefined || !joinsGroup(pod, plan.group)) return undefined;
  const isReplica = inherited.plan.replicaLabel !== undefined;
  const carried = inherited.isCarried && !isReplica ? undefined : plan;
  const task = taskOf(inherited, pod.labels, pod.role);
  return inherits(plan.group, task, inherited.isCarried, { queue: plan.queue, plan: carried });
}

/** What is handed down to the pod: by what it names as its gang, by its controller, by its template. */
export function handedDown(pod: PodFacts, view: ClusterView, answers: Answers): Inheritance | undefined {
  const named = namedRoot(pod.object, pod.namespace, view, answers);
  if (isNativeMember(pod)) return named;
  return inheritanceOf(pod.owner, pod.namespace, view, answers) ?? handedPlan(pod, view, answers) ?? named;
}

/** The plan that a template handed to the pod, or an earlier review wrote on it. */
function handedPlan(
  { owner, plan, group, username, namespace }: PodFacts,
  view: ClusterView,
  answers: Answers,
): Inheritance | undefined {
  if (owner === undefined || plan === undefined || typeof plan.owner !== 'object') return undefined;
  if (plan.replicaLabel === undefined && plan.group !== group) return undefined;
  const templates = isClusterController(username) ? makersOf(owner, namespace, answers) : [];
  const isSigned = templates.some((template) => isSignedTemplate(view.submitterKeys, template, plan.group, plan));
  const spec = view.workloadKind(plan.owner.apiVersion, plan.owner.kind);
  return { kind: 'plan', plan: isSigned ? plan : unsigned(plan), spec, isCarried: false };
}

/** The queue of the object above, where the pod names none. */
export function withQueue<P extends PodFacts>(pod: P, inherited: Inheritance): P {
  if (inherited.kind !== 'queue' || inherited.queue === undefined || pod.queue !== undefined) return pod;
  return { ...pod, queue: { name: inherited.queue, path: 'metadata.ownerReferences' } };
}

function joinsGroup({ group }: PodFacts, planned: string): boolean {
  return group === '' || group === planned;
}

/** In client mode the owner is whatever pod the driver runs in, with a group of its own. */
function isOfDriver({ owner, labels }: PodFacts, answers: Answers): boolean {
  const driver = owner && fetchedOwner(owner, answers);
  const found = objectAt(driver, 'metadata', 'labels');
  return text(found, SPARK_ROLE_LABEL) === 'driver' && text(found, SPARK_APP_LABEL) === text(labels, SPARK_APP_LABEL);
}
