import { expect } from 'chai';
import fc from 'fast-check';
import { TASK_SPEC_KEY } from '../../../src/api/keys.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { isDeleting, keyOf } from '../../support/fake-api.ts';
import type { ApiFault } from '../../support/fake-api.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { GangJudge } from '../../support/gang-judge.ts';
import { LoopWorld } from '../../support/loop-world.ts';
import { PART_LABEL } from '../../support/sub-groups.ts';

/** Longer than a plan's deadline, a binding's and all their retries together. */
const REST_MS = 240_000;
const GRACE_MS = 700;

const POLICIES: readonly SchedulerPolicy[] = [
  { ...DEFAULT_POLICY, actions: ['backfill', 'allocate'] },
  { ...DEFAULT_POLICY, tiers: [[plugin('predicates'), plugin('gang'), plugin('proportion'), plugin('nodeorder')]] },
];

interface Gang {
  readonly minMember: number;
  readonly extra: number;
  /** One of the minimum is a leader, and the gang is nothing without it. */
  readonly hasLeader: boolean;
  /** Its pods are placed two by two. */
  readonly isInPairs: boolean;
}

/** Something that happens after a while. */
interface Happening {
  readonly afterMs: number;
  readonly kind: 'crash' | 'loseMember' | 'cordon' | 'uncordon' | 'policy';
  readonly seed: number;
}

interface Story {
  readonly nodes: readonly number[];
  readonly gangs: readonly Gang[];
  readonly happenings: readonly Happening[];
  readonly faults: readonly ApiFault[];
  readonly latenciesMs: readonly number[];
}

const gang = fc.record({
  minMember: fc.integer({ min: 1, max: 5 }),
  extra: fc.nat(2),
  hasLeader: fc.boolean(),
  isInPairs: fc.boolean(),
});
const fault = fc.oneof(
  { weight: 5, arbitrary: fc.constant('none' as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'lost' as const,
      'answerLost' as const,
      'conflict' as const,
      'throttled' as const,
      'refused' as const,
    ),
  },
  { weight: 1, arbitrary: fc.constant('notLeader' as const) },
);
const happening = fc.record({
  afterMs: fc.oneof(fc.nat(60), fc.nat(3000), fc.nat(70_000)),
  kind: fc.constantFrom(
    'crash' as const,
    'crash' as const,
    'loseMember' as const,
    'cordon' as const,
    'uncordon' as const,
    'policy' as const,
  ),
  seed: fc.nat(1000),
});
const story: fc.Arbitrary<Story> = fc.record({
  nodes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
  gangs: fc.array(gang, { minLength: 1, maxLength: 4 }),
  happenings: fc.array(happening, { maxLength: 8 }),
  faults: fc.array(fault, { maxLength: 60 }),
  latenciesMs: fc.array(fc.oneof(fc.nat(30), fc.nat(2000)), { minLength: 1, maxLength: 12 }),
});

function inTurn(values: readonly number[]): () => number {
  let at = 0;
  return () => values[(at += 1) % values.length] ?? 0;
}

/** Member 0 of each gang is its leader. */
function member(name: string, group: string, uid?: string): JsonObject {
  const pod = rawPod(name, group, uid);
  const metadata = objectAt(pod, 'metadata');
  const task = name.endsWith('-0') ? 'leader' : 'worker';
  const pair = String(Math.floor(Number(name.slice(name.indexOf('-') + 1)) / 2));
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: { [PART_LABEL]: pair },
      annotations: { ...objectAt(metadata, 'annotations'), [TASK_SPEC_KEY]: task },
    },
  };
}

function gangGroup(name: string, { minMember, hasLeader, isInPairs }: Gang): JsonObject {
  const group = rawGroup(name, minMember);
  const roles = hasLeader && minMember > 1 ? { minTaskMember: { leader: 1, worker: minMember - 1 } } : {};
  const pairs = isInPairs
    ? { subGroupPolicy: [{ subGroupSize: 2, minSubGroups: 1, matchLabelKeys: [PART_LABEL] }] }
    : {};
  return { ...group, spec: { ...objectAt(group, 'spec'), ...roles, ...pairs } };
}

/** What the cluster around us does: a deleted pod goes after a while, and its controller makes another one. */
function actAsControllers(world: LoopWorld): void {
  const { api, clock } = world;
  let made = 0;
  api.watch(({ kind, plural, object }) => {
    if (plural !== 'pods') return;
    const key = keyOf(object);
    if (kind === 'upsert' && isDeleting(object)) clock.after(GRACE_MS, () => api.remove('pods', key));
    if (kind !== 'delete') return;
    const name = stringAt(object, ['metadata', 'name']);
    const group = name.slice(0, name.indexOf('-'));
    clock.after(GRACE_MS, () => api.put('pods', member(name, group, `uid-${name}-${(made += 1)}`)));
  });
}

function loseMember(world: LoopWorld, seed: number): void {
  const waiting = world.api.list('pods').filter((pod) => stringAt(pod, ['spec', 'nodeName']) === '');
  const pod = waiting[seed % Math.max(1, waiting.length)];
  if (pod !== undefined) world.api.remove('pods', keyOf(pod));
}

async function happen(world: LoopWorld, { kind, seed }: Happening, nodes: number): Promise<void> {
  if (kind === 'loseMember') loseMember(world, seed);
  else if (kind === 'policy') world.loop.setPolicy(POLICIES[seed % POLICIES.length] ?? DEFAULT_POLICY);
  else if (kind === 'crash') {
    world.crash((nth) => ((seed >>> (nth % 10)) & 1) === 1);
    await world.run(seed);
    world.start();
  } else {
    const unschedulable = kind === 'cordon' ? true : null;
    world.api.patch('nodes', `n${seed % nodes}`, { spec: { unschedulable } });
  }
}

async function tell({ nodes, gangs, happenings, faults, latenciesMs }: Story): Promise<GangJudge> {
  const latency = inTurn(latenciesMs);
  const world = new LoopWorld({ request: latency, answer: latency, watch: latency });
  const judge = new GangJudge(world.api);
  const script = [...faults];
  let isDeposed = false;
  world.api.faults = (): ApiFault => {
    const next = isDeposed ? 'notLeader' : (script.shift() ?? 'none');
    isDeposed = next === 'notLeader';
    return next;
  };
  world.api.put('queues', rawQueue('default'));
  for (const [i, cpus] of nodes.entries()) world.api.put('nodes', rawNode(`n${i}`, cpus));
  actAsControllers(world);
  world.start();
  for (const [i, told] of gangs.entries()) {
    world.api.put('podgroups', gangGroup(`g${i}`, told));
    for (let n = 0; n < told.minMember + told.extra; n += 1) world.api.put('pods', member(`g${i}-${n}`, `g${i}`));
  }
  for (const next of happenings) {
    await world.run(next.afterMs);
    await happen(world, next, nodes.length);
    if (next.kind === 'crash') isDeposed = false;
  }
  script.length = 0;
  // A process that does not lead any more ends.
  if (isDeposed) await happen(world, { afterMs: 0, kind: 'crash', seed: 0 }, nodes.length);
  isDeposed = false;
  await world.run(REST_MS);
  return judge;
}

describe('scheduler loop under faults', () => {
  it('leaves no gang partly bound, no node overcommitted and no plan open, whatever fails and whenever it dies', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        expect((await tell(told)).atRest().join('; ')).to.equal('');
      }),
      { numRuns: 300, seed: 1 },
    );
  }).timeout(240_000);
});
