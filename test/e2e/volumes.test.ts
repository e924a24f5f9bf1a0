import { expect } from 'chai';
import { BIND_COMPLETED_ANNOTATION, SELECTED_NODE_ANNOTATION } from '../../src/api/keys.ts';
import { JOBS, POD_GROUPS, PODS, resourcePath, VOLUME_CLAIMS, VOLUMES } from '../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import type { HistoryEvent } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, pod } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';

/** The volume controller of a real kube-controller-manager binds; kubelets that mount there are none. */
describe('pods with volumes', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let team: NamespaceView;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, JOBS, VOLUME_CLAIMS, VOLUMES]);
    team = new NamespaceView(history, TEAM);
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([{ count: 3, cpu: '16', memory: '64Gi', gpus: 0 }]),
    ]);
    await history.follow([POD_GROUPS]);
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  it('a gang gets the volumes of three nodes, one each, and runs', async () => {
    await applied(plane, localClass('local'), ...[0, 1, 2].map((n) => localVolume(`whole-${n}`, `node-${n}`, 'local')));
    await applied(plane, inNamespace(TEAM, claiming('whole', 3, 'local')));
    const places = await placesOf('whole', 3);
    expect(places.toSorted()).to.deep.equal(['node-0 whole-0', 'node-1 whole-1', 'node-2 whole-2']);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
  });

  it('a gang that lacks one volume waits whole, says why and holds none, and runs once there is one more', async () => {
    await applied(plane, localClass('scarce'), ...[0, 1].map((n) => localVolume(`few-${n}`, `node-${n}`, 'scarce')));
    await applied(plane, inNamespace(TEAM, claiming('few', 3, 'scarce')));
    const { key } = await team.groupOf('few');
    await history.until('the word on the group', () =>
      arrayAt(history.get(POD_GROUPS, key), 'status', 'conditions').find((condition) =>
        /has room for 2; .* find available persistent volumes to bind/.test(stringAt(condition, ['message'])),
      ),
    );
    const pods = await team.podsOf('few', 3);
    expect(pods.map((one) => stringAt(one, ['spec', 'nodeName']))).to.deep.equal(['', '', '']);
    for (const n of [0, 1])
      expect(stringAt(history.get(VOLUMES, `few-${n}`), ['spec', 'claimRef', 'name'])).to.equal('');
    await applied(plane, localVolume('few-2', 'node-2', 'scarce'));
    expect((await placesOf('few', 3)).toSorted()).to.deep.equal(['node-0 few-0', 'node-1 few-1', 'node-2 few-2']);
  });

  it('volumes are made for the chosen nodes before the pods are bound', async () => {
    const provisioner = 'volumes.example.com';
    await applied(plane, { ...localClass('made'), provisioner });
    const isOver = provision('made');
    await applied(plane, inNamespace(TEAM, claiming('made', 2, 'made')));
    const places = await placesOf('made', 2);
    await isOver;
    for (const place of places) expect(place).to.match(/^(node-\d) made-for-.*-on-\1$/);
  });

  it('a pod follows the claim of another one, and waits for a claim until it is there', async () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const bare = pod('reader');
    await applied(plane, inNamespace(TEAM, { ...bare, spec: { ...bare.spec, volumes } }));
    await history.until('the word on its group', () =>
      history
        .all(POD_GROUPS)
        .flatMap((group) => arrayAt(group, 'status', 'conditions'))
        .find((condition) => stringAt(condition, ['message']).includes('claim team/data does not exist')),
    );
    const spec = {
      storageClassName: 'late',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    };
    await applied(
      plane,
      localClass('late'),
      localVolume('late-1', 'node-1', 'late'),
      inNamespace(TEAM, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec }),
    );
    const { object } = await team.bindingOf('reader');
    expect(stringAt(object, ['spec', 'nodeName'])).to.equal('node-1');
  });

  /** Node and volume of each pod of the Job, once all are bound; its claim was bound before the pod was. */
  async function placesOf(name: string, count: number): Promise<readonly string[]> {
    const pods = await team.podsOf(name, count);
    return Promise.all(
      pods.map(async (made) => {
        const podName = stringAt(made, ['metadata', 'name']);
        const { object, revision } = await team.bindingOf(podName);
        const claimed = await history.until(`the claim of ${podName}`, () =>
          history.of(VOLUME_CLAIMS, `${TEAM}/${podName}-data`).find(isBound),
        );
        expect(claimed.revision, podName).to.be.below(revision);
        return `${stringAt(object, ['spec', 'nodeName'])} ${stringAt(claimed.object, ['spec', 'volumeName'])}`;
      }),
    );
  }

  /** Makes a volume for each of two claims of the class, on the node that it names. */
  async function provision(className: string): Promise<void> {
    const made = new Set<string>();
    while (made.size < 2) {
      const claim = await history.until('a claim with a node', () =>
        history.all(VOLUME_CLAIMS).find((one) => isSelected(one, className) && !made.has(nameOf(one))),
      );
      made.add(nameOf(claim));
      const node = stringAt(claim, ['metadata', 'annotations', SELECTED_NODE_ANNOTATION]);
      const volume = localVolume(`made-for-${nameOf(claim)}-on-${node}`, node, className);
      const claimRef = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: TEAM,
        name: nameOf(claim),
        uid: stringAt(claim, ['metadata', 'uid']),
      };
      const body = { ...volume, spec: { ...volume.spec, claimRef } };
      const { status } = await plane.client.request('POST', resourcePath(VOLUMES), body);
      expect(status).to.equal(201);
    }
  }
});

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

function isSelected(claim: JsonObject, className: string): boolean {
  const node = stringAt(claim, ['metadata', 'annotations', SELECTED_NODE_ANNOTATION]);
  return stringAt(claim, ['spec', 'storageClassName']) === className && node !== '';
}

function isBound({ object }: HistoryEvent): boolean {
  return stringAt(object, ['metadata', 'annotations', BIND_COMPLETED_ANNOTATION]) !== '';
}

function localClass(name: string): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
}

function localVolume(name: string, node: string, storageClassName: string): Manifest {
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      storageClassName,
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      local: { path: '/mnt/data' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
  };
}

/** A Job each of whose pods has a volume made for it alone. */
function claiming(name: string, pods: number, storageClassName: string): Manifest {
  const object = job(name, pods);
  const { template, ...rest } = object.spec;
  const spec = { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const volumes = [{ name: 'data', ephemeral: { volumeClaimTemplate: { spec } } }];
  return { ...object, spec: { ...rest, template: { spec: { ...template.spec, volumes } } } };
}
