import { PODS } from '../../src/api/resources.ts';
import { isJsonObject, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers, Question } from '../question.ts';
import { bypassOf } from '../rights/bypass.ts';
import { rightQuestion, underRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { schedulerKind } from '../stamp.ts';
import { UNCHANGED } from '../verdict.ts';

/** A Binding does not say whose pod it is: that is looked up. */
export function askBinding(request: AdmissionRequest, view: ClusterView): readonly Question[] {
  if (view.rights.bypass === 'off' || view.isOwn(request.username)) return [];
  const { namespace } = request;
  return [{ kind: 'fetch', key: POD, type: PODS, namespace, name: podName(request) }, rightQuestion(rightOf(request))];
}

/**
 * Somebody binds a pod to a node. The pods that are ours to place are bound by Sluice, and by who may pass its queues; all
 * others are somebody else's.
 */
export function validateBinding(request: AdmissionRequest, view: ClusterView, answers: Answers = NO_ANSWERS): Verdict {
  const answer = answers.get(POD);
  const pod = answer?.kind === 'fetch' && isJsonObject(answer.object) ? answer.object : undefined;
  if (pod === undefined || schedulerKind(stringAt(pod, ['spec', 'schedulerName'])) !== 'served') return UNCHANGED;
  return underRights(UNCHANGED, [rightOf(request)], request, view, answers);
}

const POD = 'pod';

function rightOf({ namespace, object }: AdmissionRequest): Right {
  return bypassOf(namespace, 'target.name', stringAt(object, ['target', 'name']));
}

/** The old way to bind names the pod in the object alone. */
function podName({ name, object }: AdmissionRequest): string {
  return name === '' ? stringAt(object, ['metadata', 'name']) : name;
}
