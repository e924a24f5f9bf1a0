import { minMemberAt } from '../../api/group-plan.ts';
import type { GroupPlan, PlannedTask } from '../../api/group-plan.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';

/** What the PodGroup must demand while a stage is open. */
export interface GroupDemand {
  readonly minMember: number;
  /** Empty when the plan has a single role: minMember says it all. */
  readonly minTaskMember: ReadonlyMap<string, number>;
}

/**
 * The last open stage: a stage opens when all the members that the stages before it ask for run or have run to success.
 * Derived from the pods alone, so a restarted controller opens the same stage.
 */
export function openStage(plan: GroupPlan, members: readonly PodRecord[]): number {
  const stages = [...new Set(plan.tasks.map((task) => task.stage))].toSorted((a, b) => a - b);
  if (stages.length < 2) return stages[0] ?? 0;
  const started = startedByTask(members);
  const closed = stages.find((stage) => !plan.tasks.every((task) => task.stage !== stage || hasStarted(task, started)));
  return closed ?? stages.at(-1) ?? 0;
}

/** What the group demands with the stages up to this one open. */
export function demandAt(plan: GroupPlan, stage: number): GroupDemand {
  const isSingleRole = plan.tasks.length === 1;
  const open = isSingleRole ? [] : plan.tasks.filter((task) => task.stage <= stage && task.min > 0);
  return { minMember: minMemberAt(plan, stage), minTaskMember: new Map(open.map((task) => [task.name, task.min])) };
}

/** Roles whose pods decide when the next stage opens; empty for a plan with one stage. */
export function gatingTasks(plan: GroupPlan): ReadonlySet<string> {
  const last = plan.tasks.reduce((max, task) => Math.max(max, task.stage), 0);
  return new Set(plan.tasks.filter((task) => task.stage < last).map((task) => task.name));
}

/** True for a pod that counts as started when a stage asks for its role. */
export function countsAsStarted(pod: PodRecord): boolean {
  return !pod.deleting && (pod.phase === 'Running' || pod.phase === 'Succeeded');
}

function startedByTask(members: readonly PodRecord[]): ReadonlyMap<string, number> {
  const started = new Map<string, number>();
  for (const pod of members) {
    if (countsAsStarted(pod)) started.set(pod.task, (started.get(pod.task) ?? 0) + 1);
  }
  return started;
}

function hasStarted(task: PlannedTask, started: ReadonlyMap<string, number>): boolean {
  return (started.get(task.name) ?? 0) >= task.min;
}
