import { expect } from 'chai';
import { groupMadeFor } from '../../../src/cli/explain/made-for.ts';
import { SetupError } from '../../../src/cli/setup-error.ts';

const group = (name: string, apiVersion: string, kind: string, owner: string): unknown => ({
  metadata: { name, ownerReferences: [{ apiVersion, kind, name: owner }] },
});

const GROUPS = [
  group('aligned-1', 'batch.volcano.sh/v1alpha1', 'Job', 'aligned'),
  group('job-2', 'batch/v1', 'Job', 'aligned'),
  group('torch-3', 'kubeflow.org/v1', 'PyTorchJob', 'torch'),
  group('web-4', 'apps/v1', 'ReplicaSet', 'web-5f6d'),
  group('serve-0', 'leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', 'serve'),
  group('serve-1', 'leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', 'serve'),
  { metadata: { name: 'by-hand' } },
];

describe('the group that was made for an object', () => {
  for (const [word, name, found] of [
    ['vcjob', 'aligned', 'aligned-1'],
    ['vj', 'aligned', 'aligned-1'],
    ['jobs.batch.volcano.sh', 'aligned', 'aligned-1'],
    ['job.batch', 'aligned', 'job-2'],
    ['pytorchjob', 'torch', 'torch-3'],
    ['PyTorchJobs', 'torch', 'torch-3'],
    ['rs', 'web-5f6d', 'web-4'],
  ] as const) {
    it(`is found by ${word}/${name}`, () => {
      expect(groupMadeFor(GROUPS, { word, name })).to.equal(found);
    });
  }

  for (const [word, name, problem] of [
    [
      'pytorchjob',
      'nothing',
      'no PodGroup was made for pytorchjob/nothing; if it exists, its events say what was refused',
    ],
    ['tfjob', 'by-hand', 'no PodGroup was made for tfjob/by-hand; if it exists, its events say what was refused'],
    ['constructor', 'x', 'no PodGroup was made for constructor/x; if it exists, its events say what was refused'],
    ['deployment', 'web', 'no PodGroup was made for deployment/web; there are those of replicaset/web-5f6d'],
    ['leaderworkerset', 'serve', 'leaderworkerset/serve has 2 PodGroups, ask for one of them: serve-0, serve-1'],
  ] as const) {
    it(`is none for ${word}/${name}, and it is said why`, () => {
      expect(() => groupMadeFor(GROUPS, { word, name })).to.throw(SetupError, problem);
    });
  }
});
