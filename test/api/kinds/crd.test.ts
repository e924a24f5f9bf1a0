import { expect } from 'chai';
import { customResourceDefinition } from '../../../src/api/kinds/crd.ts';
import { COLOCATION_CONFIGURATION_KIND } from '../../../src/api/kinds/colocation-configuration.ts';
import { COMMAND_KIND } from '../../../src/api/kinds/command.ts';
import { CRON_VCJOB_KIND } from '../../../src/api/kinds/cron-vcjob.ts';
import { HYPER_NODE_KIND } from '../../../src/api/kinds/hyper-node.ts';
import { KINDS } from '../../../src/api/kinds/kinds.ts';
import type { KindDefinition } from '../../../src/api/kinds/crd.ts';
import { NODE_SHARD_KIND } from '../../../src/api/kinds/node-shard.ts';
import { NUMATOPOLOGY_KIND } from '../../../src/api/kinds/numatopology.ts';
import { JOBFLOW_KIND } from '../../../src/api/kinds/jobflow.ts';
import { JOBTEMPLATE_KIND } from '../../../src/api/kinds/jobtemplate.ts';
import { POD_GROUP_KIND } from '../../../src/api/kinds/pod-group.ts';
import { QUEUE_KIND } from '../../../src/api/kinds/queue.ts';
import { VCJOB_KIND } from '../../../src/api/kinds/vcjob.ts';
import { memberAt } from '../../../src/lib/json.ts';

/** Facts that clients of Volcano rely on. */
const WIRE = [
  {
    kind: QUEUE_KIND,
    wantName: 'queues.scheduling.volcano.sh',
    wantScope: 'Cluster',
    wantShort: ['q', 'queue-v1beta1'],
    wantStatus: {},
    wantSpec: [
      'affinity',
      'capability',
      'dequeueStrategy',
      'deserved',
      'extendClusters',
      'guarantee',
      'parent',
      'priority',
      'reclaimable',
      'type',
      'weight',
    ],
    wantStatusFields: [
      'allocated',
      'completed',
      'conditions',
      'inqueue',
      'pending',
      'reservation',
      'running',
      'state',
      'unknown',
      // Ours alone.
      'usage',
    ],
  },
  {
    kind: POD_GROUP_KIND,
    wantName: 'podgroups.scheduling.volcano.sh',
    wantScope: 'Namespaced',
    wantShort: ['pg', 'podgroup-v1beta1'],
    wantStatus: undefined,
    wantSpec: [
      'minMember',
      'minResources',
      'minTaskMember',
      'networkTopology',
      'priorityClassName',
      'queue',
      'subGroupPolicy',
    ],
    wantStatusFields: ['conditions', 'failed', 'phase', 'running', 'succeeded'],
  },
  {
    kind: VCJOB_KIND,
    wantName: 'jobs.batch.volcano.sh',
    wantScope: 'Namespaced',
    wantShort: ['vcjob', 'vj'],
    wantStatus: {},
    wantSpec: [
      'maxRetry',
      'minAvailable',
      'minSuccess',
      'networkTopology',
      'plugins',
      'policies',
      'priorityClassName',
      'queue',
      'runningEstimate',
      'schedulerName',
      'tasks',
      'ttlSecondsAfterFinished',
      'volumes',
    ],
    wantStatusFields: [
      'completedIndexes',
      'conditions',
      'controlledResources',
      'failed',
      'minAvailable',
      'observedGeneration',
      'oldestVersion',
      'pending',
      'retryCount',
      'running',
      'runningDuration',
      'state',
      'succeeded',
      'taskStatusCount',
      'terminating',
      'unknown',
      'version',
    ],
  },
  {
    kind: CRON_VCJOB_KIND,
    wantName: 'cronjobs.batch.volcano.sh',
    wantScope: 'Namespaced',
    wantShort: ['cronvcjob', 'cronvj'],
    wantStatus: {},
    wantSpec: [
      'concurrencyPolicy',
      'failedJobsHistoryLimit',
      'jobTemplate',
      'schedule',
      'startingDeadlineSeconds',
      'successfulJobsHistoryLimit',
      'suspend',
      'timeZone',
    ],
    wantStatusFields: ['active', 'lastScheduleTime', 'lastSuccessfulTime'],
  },
  {
    kind: HYPER_NODE_KIND,
    wantName: 'hypernodes.topology.volcano.sh',
    wantScope: 'Cluster',
    wantShort: ['hn'],
    wantStatus: {},
    wantSpec: ['members', 'tier', 'tierName'],
    wantStatusFields: ['conditions', 'nodeCount'],
  },
  {
    kind: NUMATOPOLOGY_KIND,
    wantName: 'numatopologies.nodeinfo.volcano.sh',
    wantScope: 'Cluster',
    wantShort: ['numatopo'],
    wantStatus: undefined,
    wantSpec: ['MemoryDetail', 'cpuDetail', 'numares', 'podAllocations', 'policies', 'resReserved'],
    wantStatusFields: [],
  },
  {
    kind: NODE_SHARD_KIND,
    wantName: 'nodeshards.shard.volcano.sh',
    wantScope: 'Cluster',
    wantShort: ['nsh'],
    wantStatus: {},
    wantSpec: ['nodesDesired'],
    wantStatusFields: ['lastUpdateTime', 'nodesInUse', 'nodesToAdd', 'nodesToRemove'],
  },
  {
    kind: COLOCATION_CONFIGURATION_KIND,
    wantName: 'colocationconfigurations.config.volcano.sh',
    wantScope: 'Namespaced',
    wantShort: [],
    wantStatus: {},
    wantSpec: ['memoryQos', 'selector'],
    wantStatusFields: ['conditions'],
  },
  {
    kind: JOBFLOW_KIND,
    wantName: 'jobflows.flow.volcano.sh',
    wantScope: 'Namespaced',
    wantShort: ['jf'],
    wantStatus: {},
    wantSpec: ['flows', 'jobRetainPolicy'],
    wantStatusFields: [
      'completedJobs',
      'conditions',
      'failedJobs',
      'jobStatusList',
      'pendingJobs',
      'runningJobs',
      'state',
      'terminatedJobs',
      // Volcano's spelling.
      'unKnowJobs',
    ],
  },
  {
    kind: JOBTEMPLATE_KIND,
    wantName: 'jobtemplates.flow.volcano.sh',
    wantScope: 'Namespaced',
    wantShort: ['jt'],
    wantStatus: {},
    wantSpec: [
      'maxRetry',
      'minAvailable',
      'minSuccess',
      'networkTopology',
      'plugins',
      'policies',
      'priorityClassName',
      'queue',
      'runningEstimate',
      'schedulerName',
      'tasks',
      'ttlSecondsAfterFinished',
      'volumes',
    ],
    wantStatusFields: ['jobDependsOnList'],
  },
] as const;

describe('customResourceDefinition', () => {
  for (const tc of WIRE) {
    const crd = customResourceDefinition(tc.kind);
    const version = memberAt(crd, 'spec', 'versions');
    const first = Array.isArray(version) ? version[0] : undefined;
    const fields = (part: string) =>
      Object.keys(Object(memberAt(first, 'schema', 'openAPIV3Schema', 'properties', part, 'properties')));

    it(`keeps the wire form of ${tc.kind.type.kind}`, () => {
      expect(memberAt(crd, 'metadata', 'name')).to.equal(tc.wantName);
      expect(memberAt(crd, 'spec', 'scope')).to.equal(tc.wantScope);
      expect(memberAt(crd, 'spec', 'names', 'shortNames')).to.deep.equal(tc.wantShort);
      expect(memberAt(first, 'subresources', 'status')).to.deep.equal(tc.wantStatus);
      expect(fields('spec').toSorted()).to.deep.equal(tc.wantSpec);
      expect(fields('status').toSorted()).to.deep.equal(tc.wantStatusFields);
    });

    it(`describes every field of ${tc.kind.type.kind}`, () => {
      for (const part of ['spec', 'status']) {
        for (const field of fields(part)) {
          const path = ['schema', 'openAPIV3Schema', 'properties', part, 'properties', field, 'description'];
          expect(memberAt(first, ...path), `${part}.${field}`).to.be.a('string').that.is.not.empty;
        }
      }
    });
  }

  it("keeps the defaults that Volcano sets, but for the queue: that is the namespace's to say", () => {
    const spec = (kind: KindDefinition) =>
      memberAt(JSON.parse(JSON.stringify(kind.schema)), 'properties', 'spec', 'properties');
    expect(memberAt(spec(QUEUE_KIND), 'weight', 'default')).to.equal(1);
    expect(memberAt(spec(QUEUE_KIND), 'dequeueStrategy', 'default')).to.equal('traverse');
    expect(memberAt(spec(POD_GROUP_KIND), 'queue', 'default')).to.equal(undefined);
    expect(memberAt(spec(POD_GROUP_KIND), 'networkTopology', 'properties', 'mode', 'default')).to.equal('hard');
    const policy = memberAt(spec(POD_GROUP_KIND), 'subGroupPolicy', 'items', 'properties');
    expect(memberAt(policy, 'subGroupSize', 'default')).to.equal(1);
    expect(memberAt(policy, 'minSubGroups', 'default')).to.equal(0);
  });

  it('stays under what kubectl apply may write into its annotation', () => {
    for (const kind of KINDS) {
      const size = JSON.stringify(customResourceDefinition(kind)).length;
      expect(size, kind.type.plural).to.be.below(262_144);
    }
  });

  it("keeps Volcano's columns of a Job, in their order", () => {
    const columns = VCJOB_KIND.columns.map(({ name, wide }) => (wide === true ? `${name} (wide)` : name));
    expect(columns.slice(0, 5)).to.deep.equal(['STATUS', 'minAvailable', 'RUNNINGS', 'AGE', 'QUEUE (wide)']);
  });

  it('fills nothing in, and asks for nothing, where a JobFlow says only part of a spec', () => {
    const flow = ['properties', 'spec', 'properties', 'flows', 'items', 'properties'];
    const part = memberAt(JSON.parse(JSON.stringify(JOBFLOW_KIND.schema)), ...flow, 'patch', 'properties', 'jobSpec');
    expect(memberAt(part, 'properties', 'maxRetry', 'description')).to.be.a('string');
    expect(JSON.stringify(part)).not.to.match(/"(default|required|minItems)":/);
  });

  it('has the members of a Command at its top', () => {
    const members = Object.keys(Object(memberAt(JSON.parse(JSON.stringify(COMMAND_KIND.schema)), 'properties')));
    expect(members).to.deep.equal(['apiVersion', 'kind', 'metadata', 'action', 'target', 'reason', 'message']);
  });
});
