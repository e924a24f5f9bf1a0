import type { DisruptionBudgetRecord } from '../../../src/api/records/disruption-budget-record.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { evictions } from '../../support/evicting-world.ts';
import { amounts, summary } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';
import { UserCluster } from '../../support/user-cluster.ts';
import { makeMove } from '../../support/user-steps.ts';
import type { UserStep } from '../../support/user-steps.ts';
import type { PlainOutcome, PlainPolicy } from './plain-policy.ts';
import { PlainScheduler } from './plain-scheduler.ts';
import type { Suite } from './suites.ts';
import { enrich, PRIORITIES, QUEUES } from './worlds.ts';

/** What the reference does not know. */
const UNKNOWN: readonly UserStep['move'][] = ['group', 'steal', 'reload', 'move', 'resize', 'lose'];

/** Three nodes, and queues that may claim something. */
function begin(policy: SchedulerPolicy, { capacity }: PlainPolicy): UserCluster {
  const cluster = new UserCluster(policy);
  for (const name of ['n0', 'n1', 'n2']) cluster.putNode(name, { amounts: amounts(4, 4) });
  for (const name of QUEUES) cluster.putQueue(name);
  // Who declares nothing claims nothing.
  if (capacity !== undefined) {
    for (const name of QUEUES) cluster.putQueue(name, { deserved: new Map(Object.entries(amounts(3, 3))) });
  }
  for (const [name, value] of PRIORITIES)
    cluster.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  return cluster;
}

/** The moves of users and machines. */
export function play(
  { policy, plain, ways }: Suite,
  script: readonly UserStep[],
  onTurn: (core: PlainOutcome, reference: PlainOutcome, cluster: UserCluster) => void,
): void {
  const cluster = begin(policy, plain);
  const reference = new PlainScheduler(plain);
  const budgets = new Map<string, DisruptionBudgetRecord>();
  for (const step of script.filter(({ move }) => !UNKNOWN.includes(move))) {
    makeMove(cluster, step);
    enrich(cluster, step);
    for (const way of ways) way(cluster, step, budgets);
    if (step.move !== 'cycle') continue;
    const { nodes, queues, groups, pods, binding } = cluster;
    const told = { nodes, queues, groups, pods, binding, priorities: PRIORITIES, budgets };
    const decided = reference.turn(told, cluster.nowMs + UserCluster.CYCLE_MS);
    const said = summary(cluster.cycle());
    // The API server marks them at once.
    for (const { uid } of evictions(said.decisions)) {
      const pod = cluster.pods.get(uid);
      if (pod !== undefined) cluster.deletePod(pod);
    }
    onTurn(shortOf(said, decided), decided, cluster);
  }
}

/** Phases are told of groups that changed, or wait. */
function shortOf({ placed, pipelined, refused, statuses, decisions }: Outcome, { phases }: PlainOutcome): PlainOutcome {
  const codes = Object.entries(refused).map(([group, text]) => [group, text.slice(0, text.indexOf(':'))]);
  const told = Object.fromEntries([...statuses].map(([group, { phase }]) => [group, phase]));
  const gone = evictions(decisions).map(({ pod, message }) => [
    pod.slice(pod.indexOf('/') + 1),
    /PodGroup ns\/(\w+)/.exec(message)?.[1] ?? message,
  ]);
  return {
    placed,
    promised: pipelined,
    refused: Object.fromEntries(codes),
    evicted: Object.fromEntries(gone),
    phases: { ...phases, ...told },
  };
}

/** What one says and the other does not, in words. */
export function differences(core: PlainOutcome, reference: PlainOutcome): readonly string[] {
  return (['placed', 'promised', 'refused', 'evicted', 'phases'] as const).flatMap((what) => {
    const names = new Set([...Object.keys(core[what]), ...Object.keys(reference[what])]);
    return [...names].flatMap((name) => {
      const [says, should] = [core[what][name] ?? 'nothing', reference[what][name] ?? 'nothing'];
      return says === should ? [] : `${what} ${name}: ${says}, and by the reference ${should}`;
    });
  });
}
