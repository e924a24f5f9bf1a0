import { expect } from 'chai';
import { BIND_COMPLETED_ANNOTATION, QUEUE_NAME_LABEL, SELECTED_NODE_ANNOTATION } from '../../src/api/keys.ts';
import {
  apiVersion,
  DEVICE_CLASSES,
  JOBS,
  NODES,
  POD_GROUPS,
  PODS,
  QUEUES,
  RESOURCE_CLAIMS,
  RESOURCE_SLICES,
  resourcePath,
  VOLUME_CLAIMS,
  VOLUMES,
} from '../../src/api/resources.ts';
import { slicesOf } from '../control-plane/device-shape.ts';
import { arrayAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { needsOneProcess } from './support/accounts/one-process.ts';
import { History } from './support/history.ts';
import type { HistoryEvent } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, pod, queue } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { LaggingProxy } from './support/lagging-proxy.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { judge } from './support/oracle/judge.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const DRIVER = 'gpu.example.com';
/** The name by which pods ask for devices without a claim. */
const EXTENDED = 'example.com/gpu';
const MOST_TRIES = 30;
const PATIENCE_MS = 60_000;
/** Between what is written of claims and the bindings: long enough to be killed in. */
const SLOW_WRITE_MS = 400;

/**
 * The volume controller of a real kube-controller-manager binds, its controller of claims for devices makes them from templates and
 * frees them; kubelets that mount or prepare anything there are none.
 */
describe('pods with claims', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let team: NamespaceView;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, NODES, JOBS, VOLUME_CLAIMS, VOLUMES, RESOURCE_CLAIMS]);
    team = new NamespaceView(history, TEAM);
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([{ count: 3, cpu: '16', memory: '64Gi', gpus: 0, claimed: [{ driver: DRIVER, count: 2 }] }]),
    ]);
    await history.follow([POD_GROUPS, QUEUES]);
    await applied(plane, optedInNamespace(TEAM), deviceClass());
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

  it('a gang gets the devices of three nodes before its pods are bound, and they are free again when it is over', async () => {
    await applied(
      plane,
      inNamespace(TEAM, deviceTemplate('two', 2)),
      inNamespace(TEAM, deviceJob('devices', 3, { resourceClaimTemplateName: 'two' })),
    );
    const places = await devicePlacesOf('devices', 3);
    expect(places.toSorted()).to.deep.equal([0, 1, 2].map((n) => `node-${n}: node-${n} device-0, node-${n} device-1`));
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    await plane.kubectl(['delete', 'job', 'devices', '-n', TEAM]);
    await history.until('the end of the claims', () => (history.all(RESOURCE_CLAIMS).length === 0 ? true : undefined));
  });

  it('a gang that asks for what a class serves gets a claim for each pod, as from kube-scheduler, and they go with the pods', async () => {
    await applied(plane, inNamespace(TEAM, extendedJob('asking', 3, 2)));
    const bindings = await team.bindingsOf('asking', 3);
    const places = bindings.map(({ object, revision }) => {
      const told = objectAt(object, 'status', 'extendedResourceClaimStatus');
      const name = stringAt(told, ['resourceClaimName']);
      const mapping = { containerName: 'main', resourceName: EXTENDED, requestName: 'container-0-request-1' };
      expect(arrayAt(told, 'requestMappings')).to.deep.equal([mapping]);
      const events = history.of(RESOURCE_CLAIMS, `${TEAM}/${name}`);
      const reserved = events.find((event) => arrayAt(event.object, 'status', 'reservedFor').length > 0);
      expect(reserved?.revision, name).to.be.below(revision);
      const annotations = objectAt(reserved?.object, 'metadata', 'annotations');
      expect(annotations['resource.kubernetes.io/extended-resource-claim']).to.equal('true');
      const devices = devicesOf(reserved?.object).map(({ pool, device }) => `${pool} ${device}`);
      return `${stringAt(object, ['spec', 'nodeName'])}: ${devices.toSorted().join(', ')}`;
    });
    expect(places.toSorted()).to.deep.equal([0, 1, 2].map((n) => `node-${n}: node-${n} device-0, node-${n} device-1`));
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    await plane.kubectl(['delete', 'job', 'asking', '-n', TEAM]);
    await history.until('the end of the claims', () => (history.all(RESOURCE_CLAIMS).length === 0 ? true : undefined));
  });

  it('a queue holds no more devices of a class than it may, and says how many', async () => {
    const name = 'gpu.deviceclass.resource.k8s.io/devices';
    const limited = (called: string): object => {
      const { metadata, ...rest } = deviceJob(called, 2, { resourceClaimTemplateName: 'one' });
      return inNamespace(TEAM, { ...rest, metadata: { ...metadata, labels: { [QUEUE_NAME_LABEL]: 'few' } } });
    };
    await applied(plane, queue('few', { capability: { [name]: '3' } }), inNamespace(TEAM, deviceTemplate('one', 1)));
    await applied(plane, limited('first'));
    await devicePlacesOf('first', 2);
    await applied(plane, limited('second'));
    const { key } = await team.groupOf('second');
    await history.until('the word on the group', () =>
      arrayAt(history.get(POD_GROUPS, key), 'status', 'conditions').find((condition) =>
        stringAt(condition, ['message']).includes('quota of DeviceClass gpu used 3 of 3, 1 more asked'),
      ),
    );
    await plane.kubectl(['wait', 'queue/few', `--for=jsonpath={.status.allocated.${name.replaceAll('.', '\\.')}}=2`]);
    await plane.kubectl(['delete', 'job', 'first', '-n', TEAM]);
    await devicePlacesOf('second', 2);
    const ofBoth = history.events.filter(({ kind, key }) => kind !== PODS.plural || /^team\/(first|second)-/.test(key));
    expect(judge(ofBoth, PATIENCE_MS).violations).to.deep.equal([]);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    await plane.kubectl(['delete', 'job', 'second', '-n', TEAM]);
    await history.until('the end of the claims', () => (history.all(RESOURCE_CLAIMS).length === 0 ? true : undefined));
  });

  it('a gang whose pods share a claim stands where its device is, and the claim is free once all of them are gone', async () => {
    await applied(
      plane,
      inNamespace(TEAM, deviceClaim('shared')),
      inNamespace(TEAM, deviceJob('sharing', 3, { resourceClaimName: 'shared' })),
    );
    const bindings = await team.bindingsOf('sharing', 3);
    const nodes = new Set(bindings.map(({ object }) => stringAt(object, ['spec', 'nodeName'])));
    const claim = history.get(RESOURCE_CLAIMS, `${TEAM}/shared`);
    expect([...nodes]).to.deep.equal(devicesOf(claim).map(({ pool }) => pool));
    expect(arrayAt(claim, 'status', 'reservedFor')).to.have.length(3);
    expect(arrayAt(claim, 'metadata', 'finalizers')).to.deep.equal(['resource.kubernetes.io/delete-protection']);
    await plane.kubectl(['delete', 'job', 'sharing', '-n', TEAM]);
    await history.until('a free claim', () =>
      devicesOf(history.get(RESOURCE_CLAIMS, `${TEAM}/shared`)).length === 0 ? true : undefined,
    );
  });

  it('a gang that lacks one device waits whole, says why and holds none, and runs once there is one more', async () => {
    await applied(
      plane,
      inNamespace(TEAM, deviceTemplate('one', 1)),
      inNamespace(TEAM, deviceJob('lacking', 7, { resourceClaimTemplateName: 'one' })),
    );
    const { key } = await team.groupOf('lacking');
    await history.until('the word on the group', () =>
      arrayAt(history.get(POD_GROUPS, key), 'status', 'conditions').find((condition) =>
        /has room for 6/.test(stringAt(condition, ['message'])),
      ),
    );
    expect(history.all(RESOURCE_CLAIMS).flatMap(devicesOf)).to.deep.equal([]);
    const [slice] = slicesOf('node-0', [{ driver: DRIVER, count: 1 }]);
    const spec = { ...objectAt(slice, 'spec'), pool: { name: 'more', generation: 1, resourceSliceCount: 1 } };
    await plane.client.request('POST', resourcePath(RESOURCE_SLICES), { metadata: { name: 'more' }, spec });
    expect(await devicePlacesOf('lacking', 7)).to.have.length(7);
  });

  it('a Job whose claims no node could ever serve is told so when it is submitted', async function () {
    needsOneProcess(this, 'what single nodes would take is told by a process that leads alone');
    await applied(plane, inNamespace(TEAM, deviceTemplate('four', 4)));
    const asked = JSON.stringify(inNamespace(TEAM, deviceJob('never', 1, { resourceClaimTemplateName: 'four' })));
    let told = '';
    // An engine that is busy is not waited for.
    for (let tries = 0; tries < MOST_TRIES && !told.includes('Warning: '); tries += 1) {
      told = (await plane.kubectl(['create', '--dry-run=server', '-f', '-'], asked)).stderr;
    }
    expect(told).to.match(
      /none of 3 nodes would take such a pod: 3 node\(s\) lack fitting devices for its claims: 4 devices of class gpu/,
    );
  });

  it('an engine that is killed between the devices of a gang and its bindings leaves nothing behind: the next one binds all', async function () {
    needsOneProcess(this, 'its processes are started one by one');
    await plane.kubectl(['delete', 'job', '--all', '-n', TEAM]);
    await history.until('the end of the allocations', () => (ownDevices().length === 0 ? true : undefined));
    await sluice.stop();
    let writeMs = 0;
    const proxy = await LaggingProxy.start(plane, { watchMs: () => 0, writeMs: () => writeMs });
    const engine = { kubeconfig: proxy.kubeconfigPath, roles: 'scheduler,controllers', leaseSeconds: 3 } as const;
    const webhook = SluiceProcess.launch({
      kubeconfig: plane.kubeconfigPath,
      roles: 'webhook',
      install: true,
      webhookPort: await freePort(),
    });
    try {
      sluice = SluiceProcess.launch(engine);
      await Promise.all([webhook.ready(), sluice.ready()]);
      writeMs = SLOW_WRITE_MS;
      await applied(
        plane,
        inNamespace(TEAM, deviceTemplate('two', 2)),
        inNamespace(TEAM, deviceJob('cut', 3, { resourceClaimTemplateName: 'two' })),
      );
      await history.until('devices of the gang', () => (ownDevices().length === 6 ? true : undefined));
      await sluice.kill();
      writeMs = 0;
      const pods = await team.podsOf('cut', 3);
      expect(pods.map((one) => stringAt(one, ['spec', 'nodeName']))).to.deep.equal(['', '', '']);
      sluice = await SluiceProcess.start(engine);
      const places = await devicePlacesOf('cut', 3);
      expect(places.map((place) => place.replace(/:.*/, '')).toSorted()).to.deep.equal(['node-0', 'node-1', 'node-2']);
      expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
      expect(new Set(ownDevices().map(({ pool, device }) => `${pool} ${device}`)).size).to.equal(6);
    } finally {
      await Promise.all([webhook.stop(), proxy.stop()]);
    }
  });

  function ownDevices(): ReturnType<typeof devicesOf> {
    return history.all(RESOURCE_CLAIMS).flatMap(devicesOf);
  }

  /** `node: pool device, …` of each pod of the Job, once all are bound; its claim had its devices before it was. */
  async function devicePlacesOf(name: string, count: number): Promise<readonly string[]> {
    const bindings = await team.bindingsOf(name, count);
    return bindings.map(({ object, revision }) => {
      const uid = stringAt(object, ['metadata', 'uid']);
      const [entry] = arrayAt(object, 'status', 'resourceClaimStatuses');
      const events = history.of(RESOURCE_CLAIMS, `${TEAM}/${stringAt(entry, ['resourceClaimName'])}`);
      const reserved = events.find((event) =>
        arrayAt(event.object, 'status', 'reservedFor').some((user) => stringAt(user, ['uid']) === uid),
      );
      expect(reserved?.revision, name).to.be.below(revision);
      const devices = devicesOf(reserved?.object).map(({ pool, device }) => `${pool} ${device}`);
      return `${stringAt(object, ['spec', 'nodeName'])}: ${devices.toSorted().join(', ')}`;
    });
  }

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

function devicesOf(claim: JsonObject | undefined): readonly { readonly pool: string; readonly device: string }[] {
  return arrayAt(claim, 'status', 'allocation', 'devices', 'results').map((result) => ({
    pool: stringAt(result, ['pool']),
    device: stringAt(result, ['device']),
  }));
}

function deviceClass(): object {
  const selectors = [{ cel: { expression: `device.driver == "${DRIVER}"` } }];
  return {
    apiVersion: apiVersion(DEVICE_CLASSES),
    kind: DEVICE_CLASSES.kind,
    metadata: { name: 'gpu' },
    spec: { selectors, extendedResourceName: EXTENDED },
  };
}

function deviceSpec(count: number): object {
  return { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu', count } }] } };
}

function deviceClaim(name: string): Manifest {
  return {
    apiVersion: apiVersion(RESOURCE_CLAIMS),
    kind: RESOURCE_CLAIMS.kind,
    metadata: { name },
    spec: deviceSpec(1),
  };
}

function deviceTemplate(name: string, count: number): Manifest {
  const spec = { spec: deviceSpec(count) };
  return { apiVersion: apiVersion(RESOURCE_CLAIMS), kind: 'ResourceClaimTemplate', metadata: { name }, spec };
}

/** A Job whose pods use the claim, or each one that is made for it. */
function deviceJob(name: string, pods: number, source: object): Manifest {
  const object = job(name, pods);
  const { template, ...rest } = object.spec;
  const resourceClaims = [{ name: 'gpu', ...source }];
  return { ...object, spec: { ...rest, template: { spec: { ...template.spec, resourceClaims } } } };
}

/** A Job whose pods ask for so many devices of the class each, as for a resource of nodes. */
function extendedJob(name: string, pods: number, count: number): Manifest {
  const object = job(name, pods);
  const { template, ...rest } = object.spec;
  const resources = { requests: { cpu: '1', [EXTENDED]: String(count) }, limits: { [EXTENDED]: String(count) } };
  const containers = [{ name: 'main', image: 'none', resources }];
  return { ...object, spec: { ...rest, template: { spec: { ...template.spec, containers } } } };
}

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
