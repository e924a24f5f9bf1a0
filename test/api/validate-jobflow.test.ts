import { expect } from 'chai';
import type { Jobflow } from '../../src/api/kinds/jobflow.ts';
import { validateJobflow, validateJobtemplate } from '../../src/api/validate.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const FULL: Jobflow = {
  apiVersion: 'flow.volcano.sh/v1alpha1',
  kind: 'JobFlow',
  metadata: { name: 'daily' },
  spec: {
    jobRetainPolicy: 'delete',
    flows: [
      { name: 'a', patch: { jobSpec: { tasks: [{ name: 'worker', replicas: 3 }], queue: 'blue' } } },
      {
        name: 'b',
        dependsOn: {
          targets: ['a'],
          probe: {
            httpGetList: [{ taskName: 'worker', path: '/', port: 80, httpHeader: { name: 'x', value: 'y' } }],
            tcpSocketList: [{ taskName: 'worker', port: 80 }],
            taskStatusList: [{ taskName: 'worker', phase: 'Running' }],
          },
        },
      },
    ],
  },
  status: {
    unKnowJobs: ['daily-b'],
    jobStatusList: [
      {
        name: 'daily-a',
        state: 'Completed',
        startTimestamp: '2030-01-31T12:00:00Z',
        endTimestamp: '2030-01-31T12:00:00Z',
        restartCount: 1,
        runningHistories: [{ startTimestamp: '2030-01-31T12:00:00Z', state: 'Running' }],
      },
    ],
    conditions: {
      'daily-a': {
        phase: 'Completed',
        createTime: '2030-01-31T12:00:00Z',
        runningDuration: '3s',
        taskStatusCount: { worker: { phase: { Succeeded: 3 } } },
      },
    },
    state: { phase: 'Running' },
  },
};

describe('validateJobflow', () => {
  it('takes a flow with every field, and one with none', () => {
    expect(validateJobflow(FULL)).to.deep.equal([]);
    expect(validateJobflow({})).to.deep.equal([]);
    expect(validateJobtemplate({ spec: { tasks: [{}] }, status: { jobDependsOnList: ['daily-a'] } })).to.deep.equal([]);
  });

  const probing = (probe: JsonObject): JsonObject => ({ flows: [{ name: 'b', dependsOn: { targets: ['a'], probe } }] });
  const PROBE = 'spec.flows[0].dependsOn.probe';
  const cases: readonly (readonly [name: string, spec: JsonObject, want: readonly string[]])[] = [
    ['has a flow without a name', { flows: [{}] }, ['spec.flows[0].name: is required']],
    ['has a flow with an empty name', { flows: [{ name: '' }] }, ['spec.flows[0].name: must not be empty']],
    [
      'keeps jobs in a way of its own',
      { jobRetainPolicy: 'keep' },
      ['spec.jobRetainPolicy: "keep": must be one of retain, delete'],
    ],
    [
      'asks ports that are none',
      probing({ httpGetList: [{ port: 70_000 }], tcpSocketList: [{ taskName: 'a' }] }),
      [`${PROBE}.httpGetList[0].port: "70000": must be at most 65535`, `${PROBE}.tcpSocketList[0].port: is required`],
    ],
    [
      'changes a job to one of fewer pods than none',
      { flows: [{ name: 'a', patch: { jobSpec: { minAvailable: -1 } } }] },
      ['spec.flows[0].patch.jobSpec.minAvailable: "-1": must be at least 0'],
    ],
  ];
  for (const [name, spec, want] of cases) {
    it(`refuses one that ${name}`, () => {
      expect(validateJobflow({ spec }).map(formatFieldError)).to.deep.equal(want);
    });
  }
});
