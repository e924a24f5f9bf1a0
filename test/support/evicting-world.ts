import { NO_LABELS } from '../../src/api/records/label-selector.ts';
import type { LabelPairs } from '../../src/api/records/label-selector.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { ActionName, PluginOption, SchedulerPolicy } from '../../src/config/policy.ts';
import type { EvictDecision } from '../../src/scheduler/session/decision.ts';
import { amounts, SchedulerWorld } from './scheduler-world.ts';
import type { Outcome } from './scheduler-world.ts';

/** A policy with it lets gangs go as a whole. */
export const WHOLE_GANGS_GO: PluginOption = {
  ...plugin('gang'),
  off: new Set(['enablePreemptable', 'enableReclaimable']),
};

/** The usual plugins, with an action that evicts behind the usual ones. */
export function policy(action: ActionName, gang = plugin('gang')): SchedulerPolicy {
  const enforcing = [plugin('predicates'), plugin('proportion'), plugin('binpack')];
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', action],
    tiers: [[plugin('priority'), gang, plugin('conformance')], enforcing],
  };
}

/** Names of the pods that are evicted. */
export function evicted({ decisions }: Outcome): string[] {
  return evictions(decisions)
    .map(({ pod }) => pod.replace('ns/', ''))
    .toSorted();
}

export function evictions(decisions: Outcome['decisions']): EvictDecision[] {
  return decisions.filter((decision) => decision.kind === 'evict');
}

/** Nodes of 4 CPUs, with the priority classes `low`, `high` and `higher`. */
export function world(which: SchedulerPolicy, nodes = 1): SchedulerWorld {
  const made = new SchedulerWorld(which).nodes(nodes, amounts(4));
  for (const [name, value] of [
    ['low', 1],
    ['high', 10],
    ['higher', 20],
  ] as const) {
    made.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  }
  return made;
}

/** A group that runs, its pods one CPU each, as many to a node as are named. */
export function runs(
  on: SchedulerWorld,
  name: string,
  places: Readonly<Record<string, number>>,
  overrides: Partial<PodGroupRecord> = {},
  labels: LabelPairs = NO_LABELS,
): void {
  let count = 0;
  const total = Object.values(places).reduce((sum, each) => sum + each, 0);
  on.group(name, total, { priorityClassName: 'low', phase: 'Running', ...overrides });
  for (const [node, pods] of Object.entries(places)) {
    for (let i = 0; i < pods; i += 1, count += 1) {
      on.running(`${name}-${count}`, name, node, {
        requests: amounts(1),
        labels,
        createdMs: (overrides.createdMs ?? 0) + count,
      });
    }
  }
}

/** A gang of `count` pods that waits. */
export function asks(on: SchedulerWorld, name: string, count: number, overrides = {}, requests = amounts(1)): void {
  on.gang(name, { count, requests }, { priorityClassName: 'high', ...overrides });
}

/** What the API server and the kubelet make of the evictions: the pods are gone. */
export function leave(on: SchedulerWorld, outcome: Outcome): void {
  for (const { uid } of evictions(outcome.decisions)) on.snapshot.removeTask(uid);
}
