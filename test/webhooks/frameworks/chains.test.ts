import { expect } from 'chai';
import { objectAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { planOn } from '../fixture.ts';
import { Chain, demandOf, stampOf } from './chain.ts';
import type { Knowledge } from './chain.ts';
import { example } from './framework-table.ts';

const CONTAINERS = [{ name: 'main', resources: { requests: { cpu: '1' } } }];
const WAYS: readonly Knowledge[] = ['known', 'asked'];

function pod(name: string, labels: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { containers: CONTAINERS } };
}

/** A workload of `apps` or a Job, whose pods are labelled. */
function workload(apiVersion: string, kind: string, name: string, labels: JsonObject = {}): JsonObject {
  const template = { metadata: { labels }, spec: { containers: CONTAINERS } };
  return { apiVersion, kind, metadata: { name, labels }, spec: { template } };
}

/** A pod as the controller of the workload makes it: with all that stands in the template. */
function podFrom(maker: JsonObject, name: string, more: JsonObject = {}): JsonObject {
  const template = objectAt(maker, 'spec', 'template');
  const metadata = objectAt(template, 'metadata');
  const labels = { ...objectAt(metadata, 'labels'), ...more };
  return { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { ...metadata, name, labels } };
}

for (const knowledge of WAYS) {
  describe(`chains of objects, where each owner is ${knowledge}`, () => {
    let chain: Chain;
    beforeEach(() => {
      chain = new Chain(knowledge);
    });

    it('RayJob, RayCluster, pods, and the Job that submits: one gang, the submitter a stage behind', async () => {
      const job = chain.make(await example('rayjob'), undefined, 'alice');
      const { group } = planOn(job);
      const { rayClusterSpec } = objectAt(job, 'spec');
      const cluster = chain.make(
        { apiVersion: 'ray.io/v1', kind: 'RayCluster', metadata: { name: 'c' }, spec: rayClusterSpec ?? {} },
        job,
      );
      const head = chain.make(pod('head', { 'ray.io/group': 'headgroup' }), cluster);
      const worker = chain.make(pod('worker', { 'ray.io/group': 'small' }), cluster);
      const submits = chain.make(workload('batch/v1', 'Job', 'submit'), job);
      const submitter = chain.make(podFrom(submits, 'submit-0'), submits, 'system:kube-controller-manager');
      const stamps = [head, worker, submitter].map(stampOf);
      expect(stamps).to.deep.equal(
        ['head', 'small', 'submitter'].map((role) => ({ group, role, queue: 'research', scheduler: 'sluice' })),
      );
      expect(demandOf(job)).to.deep.equal({ head: [1, 0], small: [2, 0], submitter: [1, 1] });
    });

    it('RayService, RayClusters: a gang for each of two clusters, in one queue', async () => {
      const service = chain.make(await example('rayservice'), undefined, 'alice');
      const spec = objectAt(service, 'spec', 'rayClusterConfig');
      const groups = ['old', 'new'].map((name) => {
        const cluster = chain.make({ apiVersion: 'ray.io/v1', kind: 'RayCluster', metadata: { name }, spec }, service);
        const head = chain.make(pod(`${name}-head`, { 'ray.io/group': 'headgroup' }), cluster);
        expect(stampOf(head)).to.include({ role: 'head', queue: 'research', group: planOn(cluster).group });
        return planOn(cluster).group;
      });
      expect(new Set(groups).size).to.equal(2);
    });

    it('LeaderWorkerSet, StatefulSet, leader, StatefulSet, worker: a gang for each replica', async () => {
      const set = chain.make(await example('leaderworkerset'), undefined, 'alice');
      const { group } = planOn(set);
      const leaders = chain.make(workload('apps/v1', 'StatefulSet', 'leaders'), set);
      const own = 'leaderworkerset.sigs.k8s.io';
      for (const replica of ['0', '1']) {
        const labels = { [`${own}/group-index`]: replica, [`${own}/worker-index`]: '0' };
        const leader = chain.make(
          podFrom(leaders, `lead-${replica}`, labels),
          leaders,
          'system:kube-controller-manager',
        );
        const ofWorkers = { [`${own}/group-index`]: replica };
        const workers = chain.make(workload('apps/v1', 'StatefulSet', `lead-${replica}-w`, ofWorkers), leader);
        const worker = chain.make(podFrom(workers, `lead-${replica}-w-1`, { [`${own}/worker-index`]: '1' }), workers);
        expect(
          [leader, worker].map(stampOf).map(({ group: found, role, queue }) => [found, role, queue]),
        ).to.deep.equal([
          [`${group}-${replica}`, 'leader', 'research'],
          [`${group}-${replica}`, 'worker', 'research'],
        ]);
        expect(demandOf(leader)).to.deep.equal({ leader: [1, 0], worker: [3, 1] });
      }
    });

    it('SparkApplication, driver, executors: the driver tells its executors of the group', async () => {
      const application = chain.make(await example('sparkapplication'), undefined, 'alice');
      const labels = (role: string) => ({ 'spark-app-selector': 'spark-0123', 'spark-role': role });
      const driver = chain.make(pod('pi-driver', labels('driver')), application);
      const executor = chain.make(pod('pi-exec-1', labels('executor')), driver);
      const { group } = planOn(application);
      expect([driver, executor].map(stampOf).map(({ group: found, role }) => [found, role])).to.deep.equal([
        [group, 'driver'],
        [group, 'executor'],
      ]);
    });

    it('TrainJob, JobSet, Job, pod: the gang of the JobSet, in the queue of the TrainJob', async () => {
      const train = chain.make(await example('trainjob'), undefined, 'alice');
      const jobSet = await example('jobset');
      const made = chain.make({ ...jobSet, metadata: { name: 'train' } }, train);
      const labels = { 'jobset.sigs.k8s.io/replicatedjob-name': 'workers' };
      const job = chain.make(workload('batch/v1', 'Job', 'train-workers-0', labels), made);
      const member = chain.make(podFrom(job, 'train-workers-0-0'), job, 'system:kube-controller-manager');
      const stamp = { group: planOn(made).group, role: 'workers', queue: 'research', scheduler: 'sluice' };
      expect(stampOf(member)).to.deep.equal(stamp);
    });

    it('DynamoGraphDeployment, PodCliqueSet, scaling group, PodClique, pods: a gang for each replica', async () => {
      const graph = chain.make(await example('dynamographdeployment'), undefined, 'alice');
      const cliques = await example('podcliqueset');
      const set = chain.make({ ...cliques, metadata: { name: 'serve' } }, graph);
      const { group } = planOn(set);
      const scaling = chain.make(await example('podcliquescalinggroup'), set);
      const clique = await example('podclique');
      const index = { 'grove.io/podcliqueset-replica-index': '0' };
      const router = chain.make(clique, set);
      const workers = chain.make({ ...clique, metadata: { name: 'serve-0-prefill-1-prefill-worker' } }, scaling);
      const members = [
        chain.make(pod('r', { ...index, 'grove.io/podclique': 'serve-0-router' }), router),
        chain.make(pod('w', { ...index, 'grove.io/podclique': 'serve-0-prefill-1-prefill-worker' }), workers),
      ];
      expect(members.map(stampOf).map(({ group: found, role, queue }) => [found, role, queue])).to.deep.equal([
        [`${group}-0`, 'router', 'research'],
        [`${group}-0`, 'prefill-worker', 'research'],
      ]);
      const minima = { router: [1, 0], 'prefill-leader': [1, 0], 'prefill-worker': [3, 0] };
      for (const member of members) expect(demandOf(member)).to.deep.equal(minima);
    });

    it('FlinkDeployment, Deployment, JobManager, TaskManager: by name, for nothing of it is controlled by the first', async () => {
      const flink = chain.make(await example('flinkdeployment'), undefined, 'alice');
      const { group } = planOn(flink);
      const labels = (component: string) => ({ app: 'words', component, type: 'flink-native-kubernetes' });
      const deployment = chain.make(workload('apps/v1', 'Deployment', 'words', labels('jobmanager')));
      const stamp = { group, queue: 'research', scheduler: 'sluice' };
      expect(stampOf(objectAt(deployment, 'spec', 'template'))).to.deep.equal({ ...stamp, role: 'jobmanager' });
      const task = chain.make(pod('words-taskmanager-1-1', labels('taskmanager')), deployment);
      expect(stampOf(task)).to.deep.equal({ ...stamp, role: 'taskmanager' });
    });

    it('a gang of Kubernetes and pods that name it: as many start together as its policy says', async () => {
      const ring = chain.make(await example('native-podgroup'), undefined, 'alice');
      const member = pod('ring-0');
      const made = chain.make({
        ...member,
        spec: { ...objectAt(member, 'spec'), schedulingGroup: { podGroupName: 'ring' } },
      });
      expect(stampOf(made)).to.deep.equal({
        group: planOn(ring).group,
        role: 'member',
        queue: 'research',
        scheduler: 'sluice',
      });
      expect(demandOf(ring)).to.deep.equal({ member: [3, 0] });
    });
  });
}
