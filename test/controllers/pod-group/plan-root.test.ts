import { expect } from 'chai';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import { groupOwner, isSameRoot, pickRoot } from '../../../src/controllers/pod-group/plan-root.ts';
import type { PlanRoot } from '../../../src/controllers/pod-group/plan-root.ts';
import { makeJob, makePlan, makeSparkPlan } from '../../support/controller-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { kindOf, makeRoot } from '../../support/workload-kinds.ts';

const RS = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'rs-1' };
const job: PlanRoot = { kind: 'job', record: makeJob('train', makePlan()) };

const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');

function torch(name: string, overrides: Partial<RootRecord> = {}): PlanRoot {
  return { kind: 'object', type: TORCH, record: makeRoot(TORCH, name, overrides) };
}

function pod(name: string, overrides: Partial<PodRecord> = {}): PlanRoot {
  return {
    kind: 'pod',
    record: makePod(name, 'g', makeShape({}), { groupPlan: formatGroupPlan(makePlan()), ...overrides }),
  };
}

describe('isSameRoot', () => {
  const handedDown = new Map([['volcano.sh/preemptable', 'false']]);
  const rows: Record<string, readonly [PlanRoot, PlanRoot]> = {
    'another annotation of a Job that goes on to its group': [
      job,
      { kind: 'job', record: makeJob('train', makePlan(), { handedDown }) },
    ],
    'another one of an object above': [torch('a'), torch('a', { handedDown })],
    'an object that is on its way out': [torch('a'), torch('a', { deleting: true })],
  };
  for (const [name, [before, after]] of Object.entries(rows)) {
    it(`${name} is news`, () => expect(isSameRoot(before, after)).to.equal(false));
  }

  it('another version alone is none', () => {
    expect(
      isSameRoot(torch('a', { handedDown }), torch('a', { resourceVersion: '2', handedDown: new Map(handedDown) })),
    ).to.equal(true);
  });
});

describe('pickRoot', () => {
  const rows = {
    'takes a Job before pods': { roots: [pod('a'), job], owner: '', want: 'train' },
    'takes an object of a workload kind before a Job and pods': {
      roots: [pod('a'), job, torch('torch', { createdMs: 9 })],
      owner: '',
      want: 'torch',
    },
    'takes a Job that owns the group before an object above it': {
      roots: [torch('torch'), job],
      owner: 'job-train',
      want: 'train',
    },
    'takes a Job before an object that is on its way out': {
      roots: [torch('torch', { deleting: true }), job],
      owner: '',
      want: 'train',
    },
    'takes the smaller UID of two objects, whatever their age': {
      roots: [torch('b', { createdMs: 1 }), torch('a', { createdMs: 2 })],
      owner: '',
      want: 'a',
    },
    'takes the oldest pod': { roots: [pod('a', { createdMs: 2 }), pod('b', { createdMs: 1 })], owner: '', want: 'b' },
    'takes the smaller UID of two pods of one age': { roots: [pod('b'), pod('a')], owner: '', want: 'a' },
    'takes a live root before an ended one': {
      roots: [pod('a', { phase: 'Succeeded' }), pod('b', { createdMs: 9 })],
      owner: '',
      want: 'b',
    },
    'takes the owner of the group as it stands': {
      roots: [pod('a'), pod('b', { createdMs: 9 })],
      owner: 'uid-b',
      want: 'b',
    },
    'takes nobody when nobody plans': { roots: [], owner: '', want: undefined },
  };
  for (const [name, tc] of Object.entries(rows)) {
    it(name, () => {
      expect(pickRoot(tc.roots, tc.owner)?.record.name).to.equal(tc.want);
      expect(pickRoot(tc.roots.toReversed(), tc.owner)?.record.name).to.equal(tc.want);
    });
  }
});

describe('groupOwner', () => {
  const rows = {
    'is the Job for a Job': { root: job, plan: makePlan(), want: 'job-train' },
    'is the object itself for one of a workload kind, whoever owns it': {
      root: torch('t', { owner: RS }),
      plan: makePlan({ owner: 'controller' }),
      want: 'uid-t',
    },
    'is the pod for a Spark driver, even under an operator': {
      root: pod('d', { owner: RS }),
      plan: makeSparkPlan(),
      want: 'uid-d',
    },
    'is the controller for one replica of a shared group': {
      root: pod('a', { owner: RS }),
      plan: makePlan({ owner: 'controller' }),
      want: 'rs-1',
    },
    'is the pod for a shared group without a controller': {
      root: pod('a'),
      plan: makePlan({ owner: 'controller' }),
      want: 'uid-a',
    },
  };
  for (const [name, tc] of Object.entries(rows)) {
    it(name, () => {
      expect(groupOwner(tc.root, tc.plan).uid).to.equal(tc.want);
    });
  }
});
