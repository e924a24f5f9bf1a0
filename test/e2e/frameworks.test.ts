import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION, GROUP_ORIGIN_ANNOTATION } from '../../src/api/keys.ts';
import { CRDS, JOBS, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, optedInNamespace, queue } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'team';
const PYTORCH_JOBS: ResourceType = {
  group: 'kubeflow.org',
  version: 'v1',
  plural: 'pytorchjobs',
  kind: 'PyTorchJob',
  namespaced: true,
};
const JOB_SETS: ResourceType = {
  group: 'jobset.x-k8s.io',
  version: 'v1alpha2',
  plural: 'jobsets',
  kind: 'JobSet',
  namespaced: true,
};

describe('objects of workload kinds, with pods as their controllers make them', function () {
  this.timeout(180_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({
      nodes: [{ count: 4, cpu: '16', memory: '64Gi' }],
      kinds: [PODS, POD_GROUPS, CRDS, JOBS],
    });
    ({ plane, sluice, history } = stage);
    await applied(
      plane,
      definition(PYTORCH_JOBS),
      definition(JOB_SETS),
      optedInNamespace(TEAM),
      queue('small', { capability: { cpu: '4' } }),
    );
    await history.until('the kinds are served', () =>
      [PYTORCH_JOBS, JOB_SETS].every((type) => isEstablished(type)) ? true : undefined,
    );
    // The rows of kinds that came follow within about a second.
    await sleep(3000);
  });

  after(async () => {
    await stage?.stop();
  });

  it('a PyTorchJob is one gang in the queue that it names: its pods wait together', async () => {
    const uid = await submitted({
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      metadata: { name: 'mnist', namespace: TEAM },
      spec: {
        runPolicy: { schedulingPolicy: { queue: 'small' } },
        pytorchReplicaSpecs: { Master: { replicas: 1 }, Worker: { replicas: 1 } },
      },
    });
    const group = await groupOf('PyTorchJob/mnist');
    expect([numberAt(group, ['spec', 'minMember'], 0), stringAt(group, ['spec', 'queue'])]).to.deep.equal([2, 'small']);
    const pods = ['master', 'worker'].map((role) => pod(role, 'mnist', PYTORCH_JOBS, uid));
    await applied(plane, ...pods);
    await sluice.during(sleep(4000));
    for (const role of ['master', 'worker']) {
      const made = history.get(PODS, `${TEAM}/mnist-${role}-0`);
      expect(stringAt(made, ['spec', 'nodeName'])).to.equal('');
      expect(stringAt(made, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])).to.equal(nameOf(group));
    }
  });

  it('the Job of a JobSet joins its group, with the pods that kube-controller-manager makes', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main' }] } };
    const uid = await submitted({
      apiVersion: 'jobset.x-k8s.io/v1alpha2',
      kind: 'JobSet',
      metadata: { name: 'train', namespace: TEAM },
      spec: { replicatedJobs: [{ name: 'workers', template: { spec: { parallelism: 2, template } } }] },
    });
    const group = await groupOf('JobSet/train');
    const labels = { 'jobset.sigs.k8s.io/replicatedjob-name': 'workers' };
    await applied(plane, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'train-workers-0', namespace: TEAM, labels, ownerReferences: [owner('train', JOB_SETS, uid)] },
      spec: { parallelism: 2, completions: 2, template: { ...template, metadata: { labels } } },
    });
    const pods = await history.until(
      'two pods run',
      () => {
        const made = history.all(PODS).filter((each) => labelled(each, 'jobset.sigs.k8s.io/replicatedjob-name'));
        const running = made.filter((each) => stringAt(each, ['status', 'phase']) === 'Running');
        return running.length === 2 ? running : undefined;
      },
      60_000,
    );
    for (const each of pods) {
      expect(stringAt(each, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])).to.equal(nameOf(group));
    }
    const own = history.all(POD_GROUPS).filter((each) => origin(each).startsWith('Job/'));
    expect(own, 'the Job has no group of its own').to.deep.equal([]);
  });

  function isEstablished(type: ResourceType): boolean {
    const found = history.get(CRDS, `${type.plural}.${type.group}`);
    return JSON.stringify(memberAt(found, 'status', 'conditions') ?? '').includes('"Established"');
  }

  async function submitted(object: JsonObject): Promise<string> {
    await applied(plane, object);
    const [kind, name] = [stringAt(object, ['kind']).toLowerCase(), stringAt(object, ['metadata', 'name'])];
    const { stdout } = await plane.kubectl(['-n', TEAM, 'get', kind, name, '-o', 'jsonpath={.metadata.uid}']);
    return stdout.trim();
  }

  function groupOf(wanted: string): Promise<JsonObject> {
    return history.until(`the group of ${wanted}`, () =>
      history.all(POD_GROUPS).find((group) => origin(group) === wanted),
    );
  }
});

function origin(group: JsonObject): string {
  return stringAt(group, ['metadata', 'annotations', GROUP_ORIGIN_ANNOTATION]);
}

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

function labelled(object: JsonObject, label: string): boolean {
  return stringAt(object, ['metadata', 'labels', label]) !== '';
}

function owner(name: string, { group, version, kind }: ResourceType, uid: string): JsonObject {
  return { apiVersion: `${group}/${version}`, kind, name, uid, controller: true };
}

function pod(role: string, name: string, type: ResourceType, uid: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${role}-0`,
      namespace: TEAM,
      labels: { 'training.kubeflow.org/job-name': name, 'training.kubeflow.org/replica-type': role },
      ownerReferences: [owner(name, type, uid)],
    },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'main', resources: { requests: { cpu: '3' } } }],
    },
  };
}

/** A stand-in for the real definition, which keeps whatever is written. */
function definition({ group, version, plural, kind }: ResourceType): object {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
