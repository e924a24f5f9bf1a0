import { expect } from 'chai';
import fc from 'fast-check';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { podWith, StoredPod } from '../../../src/api/records/stored-pod.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { fieldsOf, POD, project, withMetadata } from './pod-fixture.ts';

function stored(overrides: Partial<PodRecord> = {}): StoredPod {
  const pod = makePod('p', 'g', makeShape({ cpu: 1000 }), overrides);
  return new StoredPod(pod, pod);
}

describe('a stored pod', () => {
  for (const resourceVersion of ['', '7', '0', '007', '1e3', '9007199254740991', '90071992547409910', 'opaque'])
    it(`keeps the version ${JSON.stringify(resourceVersion)} as it was written`, () => {
      expect(stored({ resourceVersion }).resourceVersion).to.equal(resourceVersion);
    });

  it('keeps its time to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (createdMs) => {
        expect(stored({ createdMs }).createdMs).to.equal(createdMs);
      }),
    );
  });

  it('is the same with other values, but for these', () => {
    const pod = project(POD);
    expect(fieldsOf(podWith(pod, { group: 'other', queue: 'red' }))).to.deep.equal({
      ...fieldsOf(pod),
      group: 'other',
      queue: 'red',
    });
    const plain = makePod('p', 'g', makeShape({ cpu: 1000 }));
    expect(fieldsOf(podWith(plain, { group: 'other', queue: 'red', nodeName: 'n' }))).to.deep.equal({
      ...plain,
      group: 'other',
      queue: 'red',
      nodeName: 'n',
    });
  });

  it('keeps what is kept of a pod of a Volcano Job, and has no room for it in others', () => {
    const owners = [{ ...POD.metadata.ownerReferences[1], apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job' }];
    const ofJob = project(withMetadata({ ownerReferences: owners }));
    expect(ofJob?.jobPod).to.include({ index: -1, version: 0 });
    expect(ofJob && podWith(ofJob, { nodeName: 'n' }).jobPod).to.equal(ofJob?.jobPod);
    expect(ofJob && podWith(ofJob, { jobPod: undefined }).jobPod).to.equal(undefined);
    const plain = project(POD);
    expect(plain?.jobPod).to.equal(undefined);
    expect(plain && podWith(plain, { jobPod: ofJob?.jobPod }).jobPod).to.equal(ofJob?.jobPod);
    expect(Object.keys(plain ?? {})).to.have.length(7);
  });

  it('shares with the pods of its owner what they have in common', () => {
    const shapes = new Map();
    const [a, b] = ['a', 'b'].map((name) => project(withMetadata({ name, uid: name }), shapes));
    expect(a).to.have.property('commons', b instanceof StoredPod ? b.commons : undefined);
    expect([a?.name, b?.name]).to.deep.equal(['a', 'b']);
  });

  it('says what it would say alone, whoever was read before', () => {
    const metadata = fc.record({
      name: fc.constantFrom('a', 'b'),
      deletionTimestamp: fc.constantFrom(undefined, '2030-01-01T00:00:00Z'),
      labels: fc.record({ 'volcano.sh/task-spec': fc.constantFrom('driver', 'worker') }),
      annotations: fc.record({
        'scheduling.k8s.io/group-name': fc.constantFrom('g', 'h'),
        'sluice.dev/bind-plan-id': fc.constantFrom('p', 'q'),
      }),
      ownerReferences: fc.constantFrom([], POD.metadata.ownerReferences),
    });
    fc.assert(
      fc.property(fc.array(metadata, { maxLength: 20 }), (pods) => {
        const shapes = new Map();
        for (const each of pods) {
          const raw = withMetadata(each);
          expect(fieldsOf(project(raw, shapes))).to.deep.equal(fieldsOf(project(raw)));
        }
      }),
      { numRuns: 200 },
    );
  });
});
