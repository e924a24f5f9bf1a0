import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import type { BindDecision } from './decision.ts';

/** What is to be done for the task to be bound to the node, with all that it was promised there. */
export function bindDecision({ volumes, claims, devices, numa }: Snapshot, task: Task, node: string): BindDecision {
  const bind = { kind: 'bind' as const, uid: task.uid, pod: task.record.key, node };
  const choices = volumes.choicesOf(task);
  const promised = claims.choicesOf(task);
  const cards = devices.choiceOf(task);
  const shares = numa.choiceOf(task);
  // Nearly always; a copy for each pod would cost a good part of what its place costs.
  if (choices.length + promised.length === 0 && (cards ?? shares) === undefined) return bind;
  return {
    ...bind,
    ...(choices.length === 0 ? {} : { volumes: choices }),
    ...(promised.length === 0 ? {} : { devices: promised }),
    ...(cards === undefined ? {} : { cards }),
    ...(shares === undefined ? {} : { numa: shares }),
  };
}
