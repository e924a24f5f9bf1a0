import { expect } from 'chai';
import { customResourceDefinition } from '../../src/api/crd.ts';
import type { KindDefinition } from '../../src/api/crd.ts';
import { POD_GROUP_KIND } from '../../src/api/pod-group.ts';
import { QUEUE_KIND } from '../../src/api/queue.ts';
import { memberAt } from '../../src/lib/json.ts';

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
});
