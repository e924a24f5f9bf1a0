import { expect } from 'chai';
import { OUT_OF_SYNC_ANNOTATION } from '../../../src/api/keys.ts';
import type { JobPodRecord } from '../../../src/api/records/job-pod-record.ts';
import { WATCHED_COMMANDS, WATCHED_VCJOBS } from '../../../src/api/watched-kinds.ts';
import { POD, project, withMetadata } from './pod-fixture.ts';

const HEAD = { name: 'a', namespace: 'b', uid: 'u', resourceVersion: '3', creationTimestamp: '1970-01-01T00:00:01Z' };
const OWNER = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'train', uid: 'j-1', controller: true };

describe('projectVcjob', () => {
  it('keeps spec and status as they travel', () => {
    const spec = { minAvailable: 1, tasks: [{ name: 't', template: { spec: { any: ['thing'] } } }] };
    const status = { state: { phase: 'Running' }, version: 2 };
    const metadata = { ...HEAD, generation: 4, labels: { l: 'x', odd: 3 }, annotations: { n: 'y' } };
    expect(WATCHED_VCJOBS.project({ metadata, spec, status })).to.deep.equal({
      key: 'b/a',
      namespace: 'b',
      name: 'a',
      uid: 'u',
      resourceVersion: '3',
      generation: 4,
      editedMs: 1000,
      createdMs: 1000,
      deleting: false,
      labels: new Map([['l', 'x']]),
      annotations: new Map([['n', 'y']]),
      owner: undefined,
      spec,
      status,
    });
  });

  it('has an empty status for a job that no controller has seen', () => {
    expect(WATCHED_VCJOBS.project({ metadata: HEAD })).to.deep.include({ spec: {}, status: {} });
  });

  it('is nothing for what has no name', () => {
    expect(WATCHED_VCJOBS.project({ spec: {} })).to.equal(undefined);
  });
});

describe('projectCommand', () => {
  it('keeps what is to be done to what', () => {
    const target = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'train', uid: 'j-1' };
    const command = { metadata: HEAD, action: 'AbortJob', target, reason: 'r', message: 'm' };
    const wantHead = { key: 'b/a', namespace: 'b', name: 'a', uid: 'u', resourceVersion: '3', createdMs: 1000 };
    const want = { ...wantHead, deleting: false, action: 'AbortJob', target, reason: 'r', message: 'm' };
    expect(WATCHED_COMMANDS.project(command)).to.deep.equal(want);
  });

  it('may say nothing', () => {
    const want = { action: '', target: undefined, reason: '', message: '' };
    expect(WATCHED_COMMANDS.project({ metadata: HEAD })).to.deep.include(want);
  });

  it('is nothing for what has no name', () => {
    expect(WATCHED_COMMANDS.project({ action: 'AbortJob' })).to.equal(undefined);
  });
});

describe("a pod of a Job of Volcano's", () => {
  const said = { 'volcano.sh/task-spec': 'w', 'volcano.sh/task-index': '3', 'volcano.sh/job-version': '2' };
  const rows: Readonly<Record<string, { metadata?: object; status?: object; want: Partial<JobPodRecord> }>> = {
    'says where it belongs': {
      metadata: { annotations: { ...said, 'volcano.sh/job-retry-count': '1', 'volcano.sh/partition-id': '4' } },
      want: { jobUid: 'j-1', task: 'w', index: 3, version: 2, retryCount: 1, partition: '4', isOutOfSync: false },
    },
    'says so in labels, too': {
      metadata: { labels: said, annotations: {} },
      want: { task: 'w', index: 3, version: 2 },
    },
    'is told to go': { metadata: { annotations: { [OUT_OF_SYNC_ANNOTATION]: 'true' } }, want: { isOutOfSync: true } },
    'may say nothing': {
      metadata: { labels: {}, annotations: { 'volcano.sh/task-index': 'two' } },
      want: { task: '', index: -1, version: 0, retryCount: 0, partition: '', isOutOfSync: false },
    },
    'is not ready before it has a status': {
      status: { phase: 'Pending' },
      want: { ready: false, exitCode: undefined, finishedMs: 0, restarts: 0 },
    },
    'has the exit code of its first container': {
      status: {
        containerStatuses: [
          { name: 'a', ready: false, state: { terminated: { exitCode: 3, finishedAt: '1970-01-01T00:00:05Z' } } },
          { name: 'b', ready: true, restartCount: 2, state: { terminated: { exitCode: 4 } } },
        ],
        initContainerStatuses: [{ name: 'i', restartCount: 1 }],
      },
      want: { exitCode: 3, finishedMs: 5000, restarts: 3, ready: false },
    },
    'has an address of its own': {
      status: { podIP: '10.1.2.3', hostIP: '10.0.0.1' },
      want: { address: '10.1.2.3' },
    },
    'has none in the network of its node': {
      status: { podIP: '10.0.0.1', hostIP: '10.0.0.1' },
      want: { address: '' },
    },
    'is ready with all its containers': {
      status: { containerStatuses: [{ ready: true }, { ready: true }] },
      want: { ready: true, exitCode: undefined },
    },
  };
  for (const [name, { metadata, status, want }] of Object.entries(rows)) {
    it(name, () => {
      const raw = { ...POD, metadata: { ...POD.metadata, ownerReferences: [OWNER], ...metadata } };
      expect(project({ ...raw, status: status ?? POD.status }).jobPod).to.deep.include(want);
    });
  }

  it('is none that somebody else controls', () => {
    expect(project(POD).jobPod).to.equal(undefined);
    const followed = { ...OWNER, controller: false };
    expect(project(withMetadata({ ownerReferences: [followed] })).jobPod).to.equal(undefined);
  });
});
