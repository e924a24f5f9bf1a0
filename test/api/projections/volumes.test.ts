import { expect } from 'chai';
import { projectCsiDriver, projectCsiNode, projectStorageCapacity } from '../../../src/api/projections/csi.ts';
import { projectStorageClass } from '../../../src/api/projections/storage-class.ts';
import { projectVolumeClaim } from '../../../src/api/projections/volume-claim.ts';
import { projectVolume } from '../../../src/api/projections/volume.ts';

const HEAD = { name: 'a', namespace: 'b', uid: 'u', resourceVersion: '3' };
const IN_Z = { key: 'zone', operator: 'In', values: ['z'] };

describe('projectVolumeClaim', () => {
  it('keeps what decides which volume it gets, and where', () => {
    const claim = {
      metadata: {
        ...HEAD,
        annotations: { 'volume.kubernetes.io/selected-node': 'n1' },
        ownerReferences: [{ kind: 'Pod', name: 'p', uid: 'pod-1', controller: true }],
      },
      spec: {
        storageClassName: 'fast',
        accessModes: ['ReadWriteOncePod'],
        volumeMode: 'Block',
        resources: { requests: { storage: '1Ki' } },
        selector: { matchLabels: { tier: 'gold' } },
      },
      status: { phase: 'Pending' },
    };
    expect(projectVolumeClaim(claim)).to.deep.equal({
      key: 'b/a',
      namespace: 'b',
      name: 'a',
      uid: 'u',
      resourceVersion: '3',
      deleting: false,
      ownerUid: 'pod-1',
      className: 'fast',
      accessModes: ['ReadWriteOncePod'],
      isBlock: true,
      request: 1024,
      selector: [{ key: 'tier', operator: 'In', values: ['gold'] }],
      volumeName: '',
      isBound: false,
      isLost: false,
      selectedNode: 'n1',
    });
  });

  it('counts as bound only once the volume controller says so', () => {
    const spec = { volumeName: 'v' };
    expect(projectVolumeClaim({ metadata: HEAD, spec })?.isBound).to.equal(false);
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
    expect(projectVolumeClaim({ metadata: { ...HEAD, annotations }, spec })?.isBound).to.equal(true);
    expect(projectVolumeClaim({ metadata: { ...HEAD, annotations } })?.isBound).to.equal(false);
  });

  it('takes the class of the older annotation, and any volume when it selects none', () => {
    const annotations = { 'volume.beta.kubernetes.io/storage-class': 'old' };
    const record = projectVolumeClaim({ metadata: { ...HEAD, annotations }, spec: { storageClassName: 'new' } });
    expect(record).to.deep.include({ className: 'old', selector: [] });
  });
});

describe('projectVolume', () => {
  it('keeps what it is, who has it and who reaches it', () => {
    const volume = {
      metadata: { ...HEAD, labels: { zone: 'z' } },
      spec: {
        capacity: { storage: '1500m' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        claimRef: { namespace: 'b', name: 'c', uid: 'u2' },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [IN_Z] }, {}] } },
        csi: { driver: 'd', volumeHandle: 'h' },
      },
      status: { phase: 'Bound' },
    };
    expect(projectVolume(volume)).to.deep.equal({
      name: 'a',
      uid: 'u',
      resourceVersion: '3',
      deleting: false,
      labels: ['zone', 'z'],
      className: 'fast',
      accessModes: ['ReadWriteOnce'],
      isBlock: false,
      capacity: 1,
      isAvailable: false,
      claim: 'b/c',
      claimUid: 'u2',
      nodeTerms: [{ labels: [IN_Z], fields: [] }],
      driver: 'd',
      handle: 'h',
    });
  });

  it('is reached from everywhere without an affinity', () => {
    expect(projectVolume({ metadata: HEAD, status: { phase: 'Available' } })).to.deep.include({
      nodeTerms: undefined,
      isAvailable: true,
      claim: '',
    });
  });
});

describe('projections of what decides where volumes can be made', () => {
  it('keep a class with its mode and its topologies', () => {
    const raw = {
      metadata: HEAD,
      provisioner: 'd',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['z'] }] }],
    };
    expect(projectStorageClass(raw)).to.deep.equal({
      name: 'a',
      provisioner: 'd',
      waitsForConsumer: true,
      topologies: [{ labels: [IN_Z], fields: [] }],
    });
    const { topologies, waitsForConsumer } = projectStorageClass({ metadata: HEAD, provisioner: 'd' }) ?? {};
    expect([topologies, waitsForConsumer]).to.deep.equal([undefined, false]);
  });

  it('keep the limits that a node tells', () => {
    const drivers = [{ name: 'd', allocatable: { count: 3 } }, { name: 'free' }];
    expect(projectCsiNode({ metadata: HEAD, spec: { drivers } })).to.deep.equal({
      name: 'a',
      limits: new Map([['d', 3]]),
    });
  });

  it('keep whether a driver tells of its room, and the room that it tells of', () => {
    expect(projectCsiDriver({ metadata: HEAD, spec: { storageCapacity: true } })?.tellsCapacity).to.equal(true);
    expect(projectCsiDriver({ metadata: HEAD })?.tellsCapacity).to.equal(false);
    const room = {
      metadata: HEAD,
      storageClassName: 'fast',
      nodeTopology: { matchLabels: { zone: 'z' } },
      capacity: '5',
    };
    expect(projectStorageCapacity(room)).to.deep.equal({
      key: 'b/a',
      className: 'fast',
      largest: 5,
      nodes: { labels: [IN_Z], fields: [] },
    });
    expect(projectStorageCapacity({ ...room, maximumVolumeSize: '2' })?.largest).to.equal(2);
    expect(projectStorageCapacity({ metadata: HEAD, capacity: '5' })?.nodes).to.equal(undefined);
  });
});
