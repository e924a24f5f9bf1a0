import { expect } from 'chai';
import type { CronVcjob } from '../../src/api/kinds/cron-vcjob.ts';
import type { HyperNode } from '../../src/api/kinds/hyper-node.ts';
import {
  validateColocationConfiguration,
  validateCronVcjob,
  validateHyperNode,
  validateNodeShard,
  validateNumatopology,
} from '../../src/api/validate.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const CRON: CronVcjob = {
  metadata: { name: 'nightly' },
  spec: {
    schedule: '@daily',
    timeZone: 'Europe/Berlin',
    startingDeadlineSeconds: 0,
    concurrencyPolicy: 'Forbid',
    suspend: true,
    jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { tasks: [{ name: 'a', replicas: 1 }] } },
    successfulJobsHistoryLimit: 0,
    failedJobsHistoryLimit: 5,
  },
  status: {
    active: [{ kind: 'Job', name: 'nightly-1', uid: 'u' }],
    lastScheduleTime: '2030-01-31T12:00:00Z',
    lastSuccessfulTime: '2030-01-31T12:00:00Z',
  },
};

const HYPER_NODE: HyperNode = {
  spec: {
    tier: 1,
    tierName: 'rack',
    members: [
      { type: 'Node', selector: { exactMatch: { name: 'n.1' } } },
      { type: 'Node', selector: { labelMatch: { matchLabels: { a: 'b' } } } },
      { type: 'HyperNode', selector: { regexMatch: { pattern: 'rack-.*' } } },
    ],
  },
  status: { nodeCount: 3, conditions: [] },
};

type ValidateFn = (object: unknown) => readonly FieldError[];

describe("the schemas of Volcano's lesser kinds", () => {
  const rows: Readonly<
    Record<string, readonly [validate: ValidateFn, object: JsonObject | object, wants: readonly string[]]>
  > = {
    'take a CronJob with every field': [validateCronVcjob, CRON, []],
    'tell a CronJob without schedule and template': [
      validateCronVcjob,
      { spec: {} },
      ['spec.jobTemplate: is required', 'spec.schedule: is required'],
    ],
    'tell numbers of a CronJob that are below none, and a policy that is none': [
      validateCronVcjob,
      {
        spec: {
          schedule: '',
          jobTemplate: {},
          startingDeadlineSeconds: -1,
          failedJobsHistoryLimit: -1,
          successfulJobsHistoryLimit: -1,
          concurrencyPolicy: 'Never',
        },
      },
      [
        'spec.concurrencyPolicy: "Never": must be one of Allow, Forbid, Replace',
        'spec.failedJobsHistoryLimit: "-1": must be at least 0',
        'spec.startingDeadlineSeconds: "-1": must be at least 0',
        'spec.successfulJobsHistoryLimit: "-1": must be at least 0',
      ],
    ],
    'take a HyperNode with every field': [validateHyperNode, HYPER_NODE, []],
    'tell a HyperNode of no tier and no members': [
      validateHyperNode,
      { spec: { members: [] } },
      ['spec.members: must have at least 1 items', 'spec.tier: is required'],
    ],
    'tell a member that is nothing': [
      validateHyperNode,
      { spec: { tier: -1, members: [{ type: 'Rack', selector: { regexMatch: { pattern: '' } } }] } },
      [
        'spec.members[0].selector.regexMatch.pattern: must not be empty',
        'spec.members[0].type: "Rack": must be one of Node, HyperNode',
        'spec.tier: "-1": must be at least 0',
      ],
    ],
    'take a Numatopology': [
      validateNumatopology,
      {
        spec: {
          policies: { TopologyManagerPolicy: 'none' },
          resReserved: { cpu: '1' },
          numares: { cpu: { allocatable: '0-3', capacity: 4 } },
          cpuDetail: { '0': { numa: 0, socket: 0, core: 0 } },
        },
      },
      [],
    ],
    'tell a NodeShard without nodes': [validateNodeShard, { spec: {} }, ['spec.nodesDesired: is required']],
    'tell ratios beyond a hundred': [
      validateColocationConfiguration,
      { spec: { memoryQos: { highRatio: 101, lowRatio: -1, minRatio: 5 } } },
      ['spec.memoryQos.highRatio: "101": must be at most 100', 'spec.memoryQos.lowRatio: "-1": must be at least 0'],
    ],
  };
  for (const [name, [validate, object, wants]] of Object.entries(rows)) {
    it(name, () => {
      expect(validate(object).map(formatFieldError).toSorted()).to.deep.equal(wants);
    });
  }
});
