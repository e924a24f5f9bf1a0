import { expect } from 'chai';
import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { PROTOBUF_ENCODING } from '../../../../src/adapters/kube/protobuf/protobuf-encoding.ts';
import { identify } from '../../../../src/adapters/kube/read/object-view.ts';
import { projectDisruptionBudget } from '../../../../src/api/projections/disruption-budget.ts';
import { projectJob } from '../../../../src/api/projections/job.ts';
import { projectNamespace } from '../../../../src/api/projections/namespace.ts';
import { projectNode } from '../../../../src/api/projections/node.ts';
import { unsupportedNeeds } from '../../../../src/api/projections/pod-needs.ts';
import { projectPod } from '../../../../src/api/projections/pod.ts';
import { projectPriorityClass } from '../../../../src/api/projections/priority-class.ts';
import { projectCsiDriver, projectCsiNode, projectStorageCapacity } from '../../../../src/api/projections/csi.ts';
import { projectStorageClass } from '../../../../src/api/projections/storage-class.ts';
import { projectVolumeClaim } from '../../../../src/api/projections/volume-claim.ts';
import { projectVolume } from '../../../../src/api/projections/volume.ts';
import { isJsonObject, member, objectAt } from '../../../../src/lib/json.ts';
import { KIND_MESSAGES, loadKubernetes } from '../../../../tools/protobuf/kubernetes.ts';
import { anyObject } from '../../../support/kubernetes-objects.ts';
import { KubernetesWriter } from '../../../support/kubernetes-writer.ts';

/** What each kind is projected with. */
const PROJECTIONS: ReadonlyMap<string, (raw: unknown) => unknown> = new Map<string, (raw: unknown) => unknown>([
  ['v1/Pod', (raw) => ({ record: projectPod(raw, new Map()), needs: unsupportedNeeds(member(raw, 'spec')) })],
  ['v1/Node', projectNode],
  ['v1/Namespace', projectNamespace],
  ['batch/v1/Job', projectJob],
  ['scheduling.k8s.io/v1/PriorityClass', projectPriorityClass],
  ['policy/v1/PodDisruptionBudget', projectDisruptionBudget],
  ['v1/PersistentVolumeClaim', projectVolumeClaim],
  ['v1/PersistentVolume', projectVolume],
  ['storage.k8s.io/v1/StorageClass', projectStorageClass],
  ['storage.k8s.io/v1/CSINode', projectCsiNode],
  ['storage.k8s.io/v1/CSIDriver', projectCsiDriver],
  ['storage.k8s.io/v1/CSIStorageCapacity', projectStorageCapacity],
  ['meta.k8s.io/v1/PartialObjectMetadata', (raw) => (isJsonObject(raw) ? identify(raw) : undefined)],
]);

/** A pod with any of its hundreds of fields takes a while to make. */
const PATIENCE_MS = 60_000;

describe('records from protobuf and from JSON', function () {
  this.timeout(PATIENCE_MS);
  let root: protobuf.Root;

  before(async () => {
    root = await loadKubernetes();
  });

  it('are compared for every kind that is read in protobuf', () => {
    expect([...PROJECTIONS.keys()]).to.have.members([...KIND_MESSAGES.keys()]);
  });

  for (const [kind, project] of PROJECTIONS) {
    it(`are equal for any ${kind}, whether empty fields are written or not`, () => {
      const full = new KubernetesWriter(root, { writesEmpty: true });
      const lean = new KubernetesWriter(root, { writesEmpty: false });
      fc.assert(
        fc.property(anyObject(root, kind), (json) => {
          const wanted = project(json);
          expect(wanted).to.not.equal(undefined);
          for (const writer of [full, lean]) {
            const got = project(PROTOBUF_ENCODING.readObject(writer.object(kind, json)));
            expect(got, 'a field is read that tools/protobuf/read-fields.ts lacks?').to.deep.equal(wanted);
          }
        }),
      );
    });
  }

  for (const kind of PROJECTIONS.keys()) {
    it(`have the annotation that ends a streaming list, for ${kind}`, () => {
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const bookmark = { metadata: { resourceVersion: '5', annotations } };
      const decoded = PROTOBUF_ENCODING.readObject(new KubernetesWriter(root).object(kind, bookmark));
      expect(objectAt(decoded, 'metadata')).to.deep.include(bookmark.metadata);
    });
  }

  it('are equal for a pod with a cooldown that a kubelet has taken', () => {
    const annotations = { 'volcano.sh/cooldown-time': '1m' };
    const metadata = { name: 'a', namespace: 'b', uid: 'c', annotations };
    const json = { metadata, status: { phase: 'Running', startTime: '2030-01-31T12:00:00Z' } };
    const decoded = PROTOBUF_ENCODING.readObject(new KubernetesWriter(root).object('v1/Pod', json));
    expect(projectPod(decoded, new Map())?.cooldownEndMs).to.equal(Date.UTC(2030, 0, 31, 12, 1));
  });

  it('are equal for a pod with a deadline that a kubelet has taken', () => {
    const metadata = { name: 'a', namespace: 'b', uid: 'c' };
    const json = { metadata, spec: { activeDeadlineSeconds: 90 }, status: { startTime: '2030-01-31T12:00:00Z' } };
    const decoded = PROTOBUF_ENCODING.readObject(new KubernetesWriter(root).object('v1/Pod', json));
    const { runMs, startedMs } = projectPod(decoded, new Map()) ?? {};
    expect({ runMs, startedMs }).to.deep.equal({ runMs: 90_000, startedMs: Date.UTC(2030, 0, 31, 12) });
  });

  it("are equal for a pod of a Job of Volcano's, ended or not", () => {
    const owner = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'j', uid: 'o', controller: true };
    const terminated = { exitCode: 3, finishedAt: '2030-01-31T12:00:00Z' };
    for (const state of [{ terminated }, { running: {} }]) {
      const json = {
        metadata: { name: 'a', namespace: 'b', uid: 'c', resourceVersion: '1', ownerReferences: [owner] },
        status: { phase: 'Running', containerStatuses: [{ name: 'm', ready: true, restartCount: 2, state }] },
      };
      const decoded = PROTOBUF_ENCODING.readObject(new KubernetesWriter(root).object('v1/Pod', json));
      expect(projectPod(decoded, new Map())).to.deep.equal(projectPod(json, new Map()));
    }
  });

  it('are equal for a pod whose resize is infeasible, for its containers and as a whole', () => {
    const limits = { cpu: '9' };
    const json = {
      metadata: { name: 'a', namespace: 'b', uid: 'c', resourceVersion: '1' },
      spec: {
        nodeName: 'n',
        containers: [{ name: 'main', resources: { requests: { cpu: '9', 'example.com/gpu': '9' }, limits } }],
        initContainers: [
          { name: 'side', restartPolicy: 'Always', resources: { requests: { 'example.com/gpu': '9' } } },
        ],
        resources: { requests: { cpu: '9', memory: '9Ki' } },
      },
      status: {
        conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
        containerStatuses: [{ name: 'main', allocatedResources: { 'example.com/gpu': '2' }, resources: { limits } }],
        initContainerStatuses: [{ name: 'side', resources: { requests: { 'example.com/gpu': '3' }, limits } }],
        allocatedResources: { cpu: '4', memory: '4Ki' },
        resources: { requests: { cpu: '3', memory: '5Ki' }, limits },
      },
    };
    const requests = new Map(Object.entries({ cpu: 4000, 'example.com/gpu': 5, memory: 5, pods: 1 }));
    expect(projectPod(json, new Map())?.shape.requests).to.deep.equal(requests);
    const decoded = PROTOBUF_ENCODING.readObject(new KubernetesWriter(root).object('v1/Pod', json));
    expect(projectPod(decoded, new Map())).to.deep.equal(projectPod(json, new Map()));
  });
});
