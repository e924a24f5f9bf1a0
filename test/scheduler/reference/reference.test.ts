import { expect } from 'chai';
import fc from 'fast-check';
import type { SchedulingShape, TaintRecord } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { makeShape } from '../../support/records.ts';
import { summary } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';
import { UserCluster } from '../../support/user-cluster.ts';
import { makeMove, userSteps } from '../../support/user-steps.ts';
import type { UserStep } from '../../support/user-steps.ts';
import { PlainScheduler } from './plain-scheduler.ts';
import type { PlainOutcome } from './plain-scheduler.ts';

/** `SLUICE_WORLDS` asks for so many random worlds, `SLUICE_SEED` for other ones. */
const RUNS = { numRuns: Number(process.env['SLUICE_WORLDS'] ?? 1200), seed: Number(process.env['SLUICE_SEED'] ?? 11) };

/** Without room that is kept for who has waited for too long: the reference does not know it. */
const actionArguments: SchedulerPolicy['actionArguments'] = new Map([
  ['allocate', new Map([['reserveAfterSeconds', 0]])],
]);
const SUITES: readonly (readonly [name: string, policy: SchedulerPolicy, isByShare: boolean])[] = [
  ['under the default policy', { ...DEFAULT_POLICY, actionArguments }, false],
  ['with drf', { ...DEFAULT_POLICY, tiers: [...DEFAULT_POLICY.tiers, [plugin('drf')]], actionArguments }, true],
];

/** What the reference does not know. */
const UNKNOWN: readonly UserStep['move'][] = ['group', 'steal', 'reload', 'move', 'resize', 'lose'];

const PRIORITIES = new Map([
  ['high', 5],
  ['low', -1],
]);

const DEDICATED: TaintRecord = { key: 'dedicated', value: 'x', effect: 'NoSchedule' };
const SOFT: TaintRecord = { key: 'soft', value: '', effect: 'PreferNoSchedule' };
const TAINTS: readonly (readonly TaintRecord[])[] = [[DEDICATED], [SOFT], [SOFT, DEDICATED]];
const ZONE_A = { key: 'zone', operator: 'In', values: ['a'] } as const;

/** Pods that bear taints, or want other nodes, or prefer some. */
function choosier(shape: SchedulingShape, by: number): SchedulingShape {
  const bears = { key: 'dedicated', operator: 'Equal', value: 'x', effect: '' } as const;
  const more: readonly Partial<SchedulingShape>[] = [
    { tolerations: [bears] },
    { tolerations: [bears, { key: 'soft', operator: 'Exists', value: '', effect: 'PreferNoSchedule' }] },
    { requiredTerms: [{ labels: [{ ...ZONE_A, operator: 'NotIn' }], fields: [] }] },
    { preferredTerms: [{ labels: [ZONE_A], fields: [], weight: 30 }] },
    { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', value: '', effect: '' }] },
  ];
  return makeShape(Object.fromEntries(shape.requests), { ...shape, requests: shape.requests, ...more[by % 9] });
}

/** What users may say beside: a priority class, what the minimum takes, taints, and the queue above a queue. */
function enrich(cluster: UserCluster, step: UserStep): void {
  const { move, a, b, c } = step;
  if (move === 'submit') enrichGroup(cluster, step);
  const node = move === 'node' ? cluster.nodes.get(`n${a % 4}`) : undefined;
  if (node !== undefined) cluster.putNode(node.name, { taints: TAINTS[(a + b + c) % 6] ?? [] });
  if (move !== 'queue') return;
  const names = [...cluster.queues.keys()];
  const parent = ['root', 'q1', 'default', 'gone'][(b + c) % 4] ?? '';
  cluster.putQueue(names[a % names.length] ?? 'default', { parent });
}

function enrichGroup(cluster: UserCluster, { a, b, c }: UserStep): void {
  const [app] = [...cluster.apps.values()].slice(-1);
  const group = cluster.groups.get(`ns/${app?.name}`);
  if (app === undefined || group === undefined) return;
  const cpus = app.roles[0]?.shape.requests.get('cpu') ?? 0;
  const minResources = c % 3 === 1 ? new Map([['cpu', cpus * app.min]]) : undefined;
  const priorityClassName = ['', '', 'high', 'low'][a % 4] ?? '';
  cluster.putGroup({ ...group, minResources, priorityClassName });
  for (const pod of cluster.podsOf(app.name)) {
    if (pod.nodeName === '') cluster.putPod({ ...pod, shape: choosier(pod.shape, b + c) });
  }
}

/** The moves of users and machines. */
function play(
  [, policy, isByShare]: (typeof SUITES)[number],
  script: readonly UserStep[],
  onTurn: (core: PlainOutcome, reference: PlainOutcome) => void,
): void {
  const cluster = new UserCluster(policy);
  for (const name of ['n0', 'n1', 'n2']) cluster.putNode(name);
  for (const name of ['default', 'q1', 'q2']) cluster.putQueue(name);
  for (const [name, value] of PRIORITIES) cluster.snapshot.setPriorityClass({ name, value, isGlobalDefault: false });
  const reference = new PlainScheduler(isByShare);
  for (const step of script.filter(({ move }) => !UNKNOWN.includes(move))) {
    makeMove(cluster, step);
    enrich(cluster, step);
    if (step.move !== 'cycle') continue;
    const { nodes, queues, groups, pods, binding } = cluster;
    const told = { nodes, queues, groups, pods, binding, priorities: PRIORITIES };
    const decided = reference.turn(told, cluster.nowMs + UserCluster.CYCLE_MS);
    onTurn(shortOf(summary(cluster.cycle()), decided), decided);
  }
}

/** Phases are told of groups that changed, or wait. */
function shortOf({ placed, pipelined, refused, statuses }: Outcome, { phases }: PlainOutcome): PlainOutcome {
  const codes = Object.entries(refused).map(([group, text]) => [group, text.slice(0, text.indexOf(':'))]);
  const told = Object.fromEntries([...statuses].map(([group, { phase }]) => [group, phase]));
  return { placed, promised: pipelined, refused: Object.fromEntries(codes), phases: { ...phases, ...told } };
}

/** What one says and the other does not, in words. */
function differences(core: PlainOutcome, reference: PlainOutcome): readonly string[] {
  return (['placed', 'promised', 'refused', 'phases'] as const).flatMap((what) => {
    const names = new Set([...Object.keys(core[what]), ...Object.keys(reference[what])]);
    return [...names].flatMap((name) => {
      const [says, should] = [core[what][name] ?? 'nothing', reference[what][name] ?? 'nothing'];
      return says === should ? [] : `${what} ${name}: ${says}, and by the reference ${should}`;
    });
  });
}

describe('the core beside a plain scheduler', () => {
  for (const suite of SUITES)
    it(`decides the same, turn by turn, in any small world ${suite[0]}`, () => {
      let placed = 0;
      let refused = 0;
      let promised = 0;
      fc.assert(
        fc.property(userSteps(60), (script) => {
          play(suite, script, (core, reference) => {
            placed += Object.keys(core.placed).length;
            refused += Object.keys(core.refused).length;
            promised += Object.keys(core.promised).length;
            const found = differences(core, reference);
            // In the message, which fast-check repeats for the smallest world.
            if (found.length > 0) throw new Error(found.join('; '));
          });
        }),
        RUNS,
      );
      if (process.env['SLUICE_SHOW'] !== undefined) console.log({ placed, refused, promised });
      expect(Math.min(placed, refused, promised)).to.be.greaterThan(RUNS.numRuns / 100);
    }).timeout(0);
});
