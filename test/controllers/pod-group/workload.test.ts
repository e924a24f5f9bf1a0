import { expect } from 'chai';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { OwnerRecord } from '../../../src/api/records/owner-record.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { WorkloadRecord } from '../../../src/api/records/workload-record.ts';
import { parseAmounts } from '../../../src/api/amounts.ts';
import { JOBS, STATEFUL_SETS } from '../../../src/api/resources.ts';
import { projectWorkload } from '../../../src/api/projections/workload.ts';
import type { ObservedPodGroup } from '../../../src/controllers/pod-group/observed.ts';
import type { PlanRoot } from '../../../src/controllers/pod-group/plan-root.ts';
import { dropUnused, startTogether } from '../../../src/controllers/pod-group/workload.ts';
import { makePlan, makeWorkload } from '../../support/controller-records.ts';
import { observePlan as observe, patchOfGroup, POD_GROUP_SUITE } from '../../support/pod-group-suite.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';

const OWNER: OwnerRecord = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-web' };
const NAME = 'podgroup-uid-web';
const PLAN = makePlan({
  group: NAME,
  root: 'web',
  owner: 'controller',
  tasks: [{ name: 'worker', min: 1, stage: 0 }],
  minResources: { cpu: '500m' },
});
const ROOT: PlanRoot = {
  kind: 'pod',
  record: makePod('web-1', NAME, makeShape({ cpu: 500 }), { groupPlan: formatGroupPlan(PLAN), owner: OWNER }),
};

const NEAR = new Map(
  Object.entries({ 'volcano.sh/network-topology-mode': 'hard', 'volcano.sh/network-topology-highest-tier': '2' }),
);
const AT_TIER_TWO = { isHard: true, highestTier: 2, tierName: '' };

/** As it is made for one pod. */
function group(overrides: Partial<PodGroupRecord> = {}): PodGroupRecord {
  const minResources = parseAmounts({ cpu: '500m' }, 'up').amounts;
  return makePodGroup(NAME, 1, { owner: OWNER, minResources, ...overrides });
}

function seen(
  overrides: Partial<WorkloadRecord>,
  found: PodGroupRecord | undefined = group(),
  isRollingOut = false,
): ObservedPodGroup {
  return observe(ROOT, { group: found, workload: { record: makeWorkload('web', overrides), isRollingOut } });
}

describe('groups of what makes pods that are alike', () => {
  itReconciles(
    {
      'ask for one pod where nobody says how many start together': { observed: seen({}), wantEffects: [] },
      'ask for as many as is said, and for room for all of them': {
        observed: seen({ minMember: 2 }),
        wantEffects: [patchOfGroup(group(), ROOT, { spec: { minMember: 2, minResources: { cpu: '1' } } })],
      },
      'ask for no more pods than there are to be': {
        observed: seen({ minMember: 9, replicas: 3 }),
        wantEffects: [patchOfGroup(group(), ROOT, { spec: { minMember: 3, minResources: { cpu: '1500m' } } })],
      },
      'ask for one pod during a roll-out': { observed: seen({ minMember: 3 }, group(), true), wantEffects: [] },
      'take over annotations that came later': {
        observed: seen({ handedDown: new Map([['volcano.sh/preemptable', 'false']]) }),
        wantEffects: [
          patchOfGroup(group(), ROOT, { metadata: { annotations: { 'volcano.sh/preemptable': 'false' } } }),
        ],
      },
      'ask for the room that is said': {
        observed: seen({ minMember: 2, minResources: '{"cpu":"5"}' }),
        wantEffects: [patchOfGroup(group(), ROOT, { spec: { minMember: 2, minResources: { cpu: '5' } } })],
      },
      'ask for what one pod needs during a roll-out, whatever room is said': {
        observed: seen({ minResources: '{"cpu":"5"}' }, group(), true),
        wantEffects: [],
      },
      'ask for what their pods need where the room that is said cannot be read': {
        observed: seen({ minResources: 'much' }),
        wantEffects: [],
      },
      'are held together in the network as is said': {
        observed: seen({ handedDown: NEAR }, group({ handedDown: NEAR })),
        wantEffects: [
          patchOfGroup(group(), ROOT, {
            spec: { networkTopology: { mode: 'hard', highestTierAllowed: 2, highestTierName: null } },
          }),
        ],
      },
      'stay as near as they are': {
        observed: seen({ handedDown: NEAR }, group({ handedDown: NEAR, network: AT_TIER_TWO })),
        wantEffects: [],
      },
      'keep what somebody wrote on them of the network': {
        observed: seen({}, group({ network: AT_TIER_TWO })),
        wantEffects: [],
      },
      'end with the Job that makes their pods': {
        observed: seen({ state: 'Ended' }),
        wantEffects: [patchOfGroup(group(), ROOT, { metadata: { annotations: { 'sluice.dev/root-state': 'Ended' } } })],
      },
      'leave annotations that they have': {
        observed: seen(
          { handedDown: new Map([['volcano.sh/x', '1']]) },
          group({ handedDown: new Map(Object.entries({ 'volcano.sh/x': '1', 'volcano.sh/y': 'by hand' })) }),
        ),
        wantEffects: [],
      },
    },
    POD_GROUP_SUITE,
  );

  it('are made with the annotations that they take over', () => {
    const observed = { ...seen({ minMember: 2, handedDown: new Map([['volcano.sh/x', '1']]) }), group: undefined };
    const [made] = POD_GROUP_SUITE.reconcile(observed);
    const body = made?.kind === 'create' ? JSON.stringify(made.body) : '';
    expect(body).to.include('"volcano.sh/x":"1"').and.include('"minMember":2');
  });

  for (const [what, workload, found, want] of [
    ['go when nothing is left to make', { replicas: 0 }, {}, 1],
    ['stay while pods are wanted', { replicas: 1 }, {}, 0],
    ['stay when they are somebody else’s', { replicas: 0 }, { owner: { ...OWNER, uid: 'other' } }, 0],
    ['are not told twice to go', { replicas: 0 }, { deleting: true }, 0],
    ['stay for a Job that is paused', { replicas: 0, apiVersion: 'batch/v1', kind: 'Job' }, {}, 0],
  ] as const) {
    it(what, () => {
      const effects = dropUnused(group(found), { record: makeWorkload('web', workload), isRollingOut: false });
      expect(effects).to.have.length(want);
    });
  }

  it('ask for at least one pod, whatever the numbers are', () => {
    for (const replicas of [undefined, 0, 1, 5])
      for (const minMember of [0, 1, 7]) {
        const count = startTogether(1, { record: makeWorkload('web', { replicas, minMember }), isRollingOut: false });
        expect(count).to.be.within(1, Math.max(1, replicas ?? minMember));
      }
  });
});

describe('what is kept of an object whose pods are alike', () => {
  const head = { name: 'a', namespace: 'b', uid: 'c', resourceVersion: '1' };
  const MIN = 'scheduling.volcano.sh/group-min-member';

  for (const [what, type, raw, want] of [
    ['no word is one pod', STATEFUL_SETS, { metadata: head }, { replicas: 1, minMember: 0 }],
    ['replicas', STATEFUL_SETS, { metadata: head, spec: { replicas: 0 } }, { replicas: 0 }],
    [
      'a Job runs no more than it has to',
      JOBS,
      { metadata: head, spec: { parallelism: 5, completions: 2 } },
      { replicas: 2 },
    ],
    ['its own minimum', JOBS, { metadata: { ...head, annotations: { [MIN]: '4' } } }, { minMember: 4 }],
    [
      'the room that is to be there',
      STATEFUL_SETS,
      { metadata: { ...head, annotations: { 'scheduling.volcano.sh/group-min-resources': '{"cpu":"4"}' } } },
      { minResources: '{"cpu":"4"}' },
    ],
    ['no minimum that is none', JOBS, { metadata: { ...head, annotations: { [MIN]: '-4' } } }, { minMember: 0 }],
    [
      'the minimum of its template first',
      STATEFUL_SETS,
      {
        metadata: { ...head, annotations: { [MIN]: '4' } },
        spec: { template: { metadata: { annotations: { [MIN]: '2' } } } },
      },
      { minMember: 2 },
    ],
    [
      'what is Volcano’s of its annotations',
      STATEFUL_SETS,
      { metadata: { ...head, annotations: { 'volcano.sh/x': '1', 'volcano.sh/task-spec': 'w', other: '2' } } },
      { handedDown: new Map([['volcano.sh/x', '1']]) },
    ],
  ] as const) {
    it(what, () => {
      expect(projectWorkload(type, raw)).to.deep.include(want);
    });
  }
});
