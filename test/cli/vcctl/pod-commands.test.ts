import { expect } from 'chai';
import { podStatus, readyContainers } from '../../../src/cli/vcctl/pod-status.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { face, listed } from './face-fixture.ts';

const LABELS = { 'volcano.sh/job-name': 'train', 'volcano.sh/queue-name': 'blue' };

function pod(name: string, labels: JsonObject, annotations: JsonObject = {}): JsonObject {
  return {
    metadata: { name, labels, annotations, creationTimestamp: '2026-03-01T11:55:00Z' },
    spec: { containers: [{ name: 'c' }, { name: 'd' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'c',
          ready: true,
          restartCount: 2,
          state: { running: {} },
          lastState: { terminated: { finishedAt: '2026-03-01T11:59:15Z' } },
        },
        { name: 'd', ready: false, restartCount: 0, state: { running: {} } },
      ],
    },
  };
}

const PODS = [
  pod('train-worker-0', LABELS),
  pod('other-0', { 'volcano.sh/job-name': 'other' }),
  pod('plain', {}, { 'scheduling.volcano.sh/queue-name': 'blue' }),
  pod('stranger', {}),
];

describe('vcctl pod list', () => {
  it('tells pods as kubectl does', async () => {
    const { printed } = await face('vcctl pod list -j train', [listed(...PODS)]);
    expect(printed.split('\n').map((line) => line.trim().split(/\s{2,}/))).to.deep.equal([
      ['Name', 'Ready', 'Status', 'Restart', 'Age'],
      ['train-worker-0', '1/2', 'Running', '2 (45s ago)', '5m'],
    ]);
  });

  const choices: readonly (readonly [string, string])[] = [
    ['', 'train-worker-0 other-0'],
    ['-q blue', 'train-worker-0 plain'],
    ['-j train -q blue', 'train-worker-0'],
  ];
  for (const [flags, wanted] of choices) {
    it(`lists ${wanted} for '${flags}'`, async () => {
      const { printed } = await face(`vcctl pod list ${flags}`.trim(), [listed(...PODS)]);
      const names = printed.split('\n').slice(1);
      expect(names.map((line) => line.split(' ')[0]).join(' ')).to.equal(wanted);
    });
  }

  it('refuses a job that is in another queue', async () => {
    const { printed, code } = await face('vcctl pod list -j train -q red', [listed(...PODS)]);
    expect([printed, code]).to.deep.equal([
      'Failed to list pod: the input vcjob train does not match the queue red',
      255,
    ]);
  });

  it('says so when there is none', async () => {
    expect((await face('vcctl pod list -j gone', [listed(...PODS)])).printed).to.equal('No resources found');
  });
});

describe('the status of a pod in one word', () => {
  const ended = (reason: string, more: JsonObject = {}): JsonObject => ({ state: { terminated: { reason, ...more } } });
  const cases: readonly (readonly [string, JsonObject, string])[] = [
    ['its phase', { status: { phase: 'Pending' } }, 'Pending'],
    ['why it was evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, 'Evicted'],
    ['that it goes', { metadata: { deletionTimestamp: 'x' }, status: { phase: 'Running' } }, 'Terminating'],
    [
      'how it ended, though it goes',
      { metadata: { deletionTimestamp: 'x' }, status: { phase: 'Failed', containerStatuses: [ended('Error')] } },
      'Error',
    ],
    [
      'that its node is lost',
      { metadata: { deletionTimestamp: 'x' }, status: { phase: 'Running', reason: 'NodeLost' } },
      'Unknown',
    ],
    [
      'what a container waits for',
      { status: { phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] } },
      'CrashLoopBackOff',
    ],
    [
      'the exit code where there is no reason',
      { status: { phase: 'Failed', containerStatuses: [ended('', { exitCode: 3 })] } },
      'ExitCode:3',
    ],
    [
      'the signal where there is no reason',
      { status: { phase: 'Failed', containerStatuses: [ended('', { signal: 9 })] } },
      'Signal:9',
    ],
    [
      'that it still runs while one container is over',
      {
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [ended('Completed'), { state: { running: {} } }],
        },
      },
      'Running',
    ],
    [
      'how far its init containers are',
      {
        spec: { initContainers: [{ name: 'a' }, { name: 'b' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'a', ...ended('Completed', { exitCode: 0 }) },
            { name: 'b', state: { waiting: { reason: 'PodInitializing' } } },
          ],
          containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
        },
      },
      'Init:1/2',
    ],
    [
      'how an init container failed',
      {
        spec: { initContainers: [{ name: 'a' }] },
        status: { phase: 'Pending', initContainerStatuses: [{ name: 'a', ...ended('Error', { exitCode: 1 }) }] },
      },
      'Init:Error',
    ],
    [
      'that a gate holds it',
      {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
      'SchedulingGated',
    ],
  ];
  for (const [name, object, wanted] of cases) {
    it(`is ${name}`, () => {
      expect(podStatus(object)).to.equal(wanted);
    });
  }

  it('counts init containers that go on running', () => {
    const sidecar: JsonObject = {
      spec: { containers: [{ name: 'c' }], initContainers: [{ name: 's', restartPolicy: 'Always' }, { name: 'i' }] },
      status: {
        containerStatuses: [{ name: 'c', ready: false, state: { running: {} } }],
        initContainerStatuses: [
          { name: 's', ready: true, started: true, state: { running: {} } },
          { name: 'i', ready: true, state: { terminated: { exitCode: 0 } } },
        ],
      },
    };
    expect(readyContainers(sidecar)).to.deep.equal({ ready: 1, total: 2 });
  });
});
