import type { Refusal } from '../framework/plugin.ts';
import { unsupportedNeed } from '../framework/unsupported-need.ts';
import type { Session } from '../session/session.ts';
import type { TaskClass } from '../model/task-class.ts';

/**
 * Why no node takes the class now, in the shape that kubectl users know from kube-scheduler:
 * `0/8 nodes are available: 2 node(s) were unschedulable, 6 Insufficient nvidia.com/gpu.`
 * O(nodes) while the cycle's budget lasts; then the class's last answer of the cycle is told again, so that a long
 * queue of groups that cannot start does not make the cycle slow.
 */
export function explainFit(session: Session, taskClass: TaskClass): Refusal {
  if (taskClass.shape.needs.length > 0) return unsupportedNeed(taskClass);
  const known = session.explanations.get(taskClass);
  if (known !== undefined && session.explainedNodes >= EXPLAINED_NODES_A_CYCLE) return known;
  const reasons = session.framework.explain(taskClass);
  const parts = [...reasons].map(([reason, nodes]) => `${nodes} ${reason}`).toSorted();
  const count = session.snapshot.nodes.count;
  session.explainedNodes += count;
  const message =
    count === 0 ? 'no nodes available to schedule pods.' : `0/${count} nodes are available: ${parts.join(', ')}.`;
  const refusal: Refusal = { code: 'NotEnoughResources', message };
  session.explanations.set(taskClass, refusal);
  return refusal;
}

/** About 10 ms of looking at nodes. */
const EXPLAINED_NODES_A_CYCLE = 500_000;
