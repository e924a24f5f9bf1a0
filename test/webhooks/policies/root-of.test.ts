import { expect } from 'chai';
import { readPolicy } from '../../../src/api/policies/read-policy.ts';
import { mayOverlap } from '../../../src/api/policies/overlap.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { rootOf } from '../../../webhooks/policies/root-of.ts';
import { NO_ANSWERS } from '../../../webhooks/question.ts';
import { policy } from '../../support/policies.ts';
import { kindOf, makeRoot } from '../../support/workload-kinds.ts';
import { patched, request, view } from '../fixture.ts';

const PLAN = {
  version: 1,
  group: 'g',
  root: 'c',
  queue: 'default',
  tasks: [{ name: 'worker', min: 1, stage: 0 }],
  minResources: {},
};
const CLUSTER = kindOf('ray.io', 'v1', 'RayCluster');
const CONTROLLER = 'system:serviceaccount:kube-system:job-controller';
const OPERATOR = 'system:serviceaccount:ray:operator';

function owner(apiVersion: string, kind: string, uid: string): JsonObject {
  return { apiVersion, kind, name: 'c', uid, controller: true };
}

function made(parts: Partial<AdmissionRequest>, ...owners: readonly JsonObject[]): AdmissionRequest {
  const metadata = { name: 'p', ...(owners.length === 0 ? {} : { ownerReferences: owners }) };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c' }] } };
  return request({ namespace: 'ns', object, username: OPERATOR, ...parts });
}

/** The cluster with a RayCluster that was planned by itself, or as a part of a RayJob. */
function seen(plan: JsonObject = PLAN): ReturnType<typeof view> {
  const record: RootRecord = makeRoot(CLUSTER, 'c', { groupPlan: JSON.stringify(plan) });
  const policies = compile([
    policy('p', { match: { roots: [{ group: 'ray.io', kind: '*' }] }, set: { labels: { values: { of: 'ray' } } } }),
  ]);
  return view({ roots: [record], policies });
}

const RAY = owner('ray.io/v1', 'RayCluster', 'uid-c');
const PART_OF_JOB = { ...PLAN, owner: { apiVersion: 'ray.io/v1', kind: 'RayJob', name: 'j', uid: 'uid-j' } };

describe('the root of what is reviewed', () => {
  const rows: Readonly<Record<string, readonly [AdmissionRequest, string, plan?: JsonObject]>> = {
    'is itself where nothing owns it': [made({}), '/Pod'],
    'is the object that it is part of': [made({}, RAY), 'ray.io/RayCluster'],
    'is the object that this one is part of': [made({}, RAY), 'ray.io/RayJob', PART_OF_JOB],
    'is itself where the owner is not there': [made({}, owner('ray.io/v1', 'RayCluster', 'forged')), '/Pod'],
    'is itself where the owner has another name': [made({}, { ...RAY, name: 'other' }), '/Pod'],
    'is itself where the owner is in another namespace': [made({ namespace: 'elsewhere' }, RAY), '/Pod'],
    'is itself where the owner is of a kind that hands nothing down': [made({}, owner('v1', 'Secret', 's')), '/Pod'],
    'is itself where the owner is no controller': [made({}, { ...RAY, controller: false }), '/Pod'],
    'is not known of what controllers of the cluster make': [
      made({ username: CONTROLLER }, owner('batch/v1', 'Job', 'j')),
      'nobody knows',
    ],
    'is the CronJob of the Jobs that controllers of the cluster make': [
      made({ username: CONTROLLER }, owner('batch/v1', 'CronJob', 'j')),
      'batch/CronJob',
    ],
    'is itself where somebody only says that a CronJob made it': [made({}, owner('batch/v1', 'CronJob', 'j')), '/Pod'],
  };
  for (const [name, [about, wanted, plan]] of Object.entries(rows)) {
    it(name, () => {
      const root = rootOf(about, seen(plan), NO_ANSWERS);
      expect(root === undefined ? 'nobody knows' : `${root.group}/${root.kind}`).to.equal(wanted);
    });
  }

  it('decides whether a policy is for a pod', () => {
    const of = (about: AdmissionRequest): string =>
      JSON.stringify(patched(about.object ?? {}, mutatePod(about, seen(), NO_ANSWERS)));
    expect(of(made({}, RAY))).to.include('"of":"ray"');
    expect(of(made({}))).to.not.include('"of":"ray"');
    expect(of(made({}, owner('ray.io/v1', 'RayCluster', 'forged')))).to.not.include('"of":"ray"');
  });
});

describe('policies by the kind of the root', () => {
  const set = { schedulingGate: { name: 'example.com/g' } };
  const by = (...roots: readonly JsonObject[]) => policy('p', { match: { roots }, set });

  it('are for different objects where they name different kinds', () => {
    const [ray, all, spark] = [
      by({ group: 'ray.io', kind: 'RayJob' }),
      by({ group: 'ray.io', kind: '*' }),
      by({ group: 'sparkoperator.k8s.io', kind: 'SparkApplication' }),
    ];
    expect([mayOverlap(ray, all), mayOverlap(ray, ray), mayOverlap(all, spark)]).to.deep.equal([true, true, false]);
  });

  it('exclude nothing by it: whoever is excluded could be so by what he claims', () => {
    const read = readPolicy({ spec: { exclude: { roots: [{ kind: 'Pod' }] }, set } }, '', 'p');
    expect(read.kind === 'errors' && read.errors.map(({ path }) => path)).to.deep.equal(['spec.exclude.roots']);
  });
});
