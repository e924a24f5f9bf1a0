import { expect } from 'chai';
import { projectRoot } from '../../../src/api/projections/root.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import { kindOf } from '../../support/workload-kinds.ts';

const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');
const METADATA = {
  name: 'train',
  namespace: 'team',
  uid: 'u1',
  resourceVersion: '7',
  creationTimestamp: '2026-01-01T00:00:00Z',
  annotations: { 'sluice.dev/group-plan': '{"version":1}', 'volcano.sh/preemptable': 'false', 'x/y': 'z' },
  labels: { 'volcano.sh/queue-name': 'blue' },
  ownerReferences: [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u0' },
    { apiVersion: 'example.org/v1', kind: 'Study', name: 's', uid: 'u2', controller: true },
  ],
};
const RECORD: RootRecord = {
  key: 'team/train',
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  namespace: 'team',
  name: 'train',
  uid: 'u1',
  resourceVersion: '7',
  createdMs: Date.parse('2026-01-01T00:00:00Z'),
  deleting: false,
  groupPlan: '{"version":1}',
  submitter: {},
  handedDown: new Map([['volcano.sh/preemptable', 'false']]),
  queue: 'blue',
  owner: { apiVersion: 'example.org/v1', kind: 'Study', name: 's', uid: 'u2' },
};
const [configMap] = METADATA.ownerReferences;

describe('the record of a root', () => {
  const rows: Record<string, { raw: unknown; want: RootRecord | undefined }> = {
    'is read from metadata alone': {
      raw: { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: METADATA },
      want: RECORD,
    },
    'is the same from the whole object': {
      raw: { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: METADATA, spec: { runPolicy: {} } },
      want: RECORD,
    },
    'takes the queue from the annotation where there is no label': {
      raw: { metadata: { ...METADATA, labels: {}, annotations: { 'scheduling.volcano.sh/queue-name': 'red' } } },
      want: { ...RECORD, queue: 'red', groupPlan: '', handedDown: new Map() },
    },
    'has no owner where none controls it': {
      raw: { metadata: { ...METADATA, ownerReferences: [configMap] } },
      want: { ...RECORD, owner: undefined },
    },
    'tells that the object is on its way out': {
      raw: { metadata: { ...METADATA, deletionTimestamp: '2026-01-02T00:00:00Z' } },
      want: { ...RECORD, deleting: true },
    },
    'is none for an object without a UID': { raw: { metadata: { ...METADATA, uid: '' } }, want: undefined },
    'is none for what has no namespace': { raw: { metadata: { ...METADATA, namespace: '' } }, want: undefined },
    'is none for what is no object': { raw: 7, want: undefined },
  };
  for (const [name, { raw, want }] of Object.entries(rows)) {
    it(name, () => {
      expect(projectRoot(TORCH, raw)).to.deep.equal(want);
    });
  }
});
