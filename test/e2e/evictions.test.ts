import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  GROUP_MIN_MEMBER_ANNOTATION,
  NUMA_POLICY_ANNOTATION,
  QUEUE_NAME_LABEL,
  TOPOLOGY_DECISION_ANNOTATION,
} from '../../src/api/keys.ts';
import {
  apiVersion,
  DEVICE_CLASSES,
  EVENTS,
  JOBS,
  POD_GROUPS,
  PODS,
  RESOURCE_CLAIMS,
} from '../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { NodeShape } from '../control-plane/node-shape.ts';
import { numatopologiesOf } from '../control-plane/numa-shape.ts';
import type { History } from './support/history.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { applied, optedInNamespace, priorityClass, queue } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const POLICY = `
actions: "enqueue, allocate, backfill, preempt, reclaim"
tiers:
- plugins:
  - name: priority
  - name: gang
  - name: conformance
- plugins:
  - name: predicates
  - name: proportion
  - name: nodeorder
  - name: binpack
  - name: deviceshare
    arguments: { deviceshare.VGPUEnable: true }
  - name: numa-aware
`;

/** Of the cluster: two nodes of four. */
const CPUS = 8;
/** Of each node. */
const CARD = { scheme: 'vgpu', count: 1, memory: 1000 } as const;
/** Of devices, one on each node. */
const DRIVER = 'gpu.example.com';
const NODES: NodeShape = {
  count: 2,
  cpu: '4',
  memory: '64Gi',
  claimed: [{ driver: DRIVER, count: 1 }],
  cards: CARD,
  numa: { zones: 2 },
};

describe('evictions on a real API server', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({
      policy: POLICY,
      nodes: [NODES],
      kinds: [PODS, JOBS, POD_GROUPS, EVENTS, RESOURCE_CLAIMS],
    });
    ({ plane, sluice, history } = stage);
    await applied(plane, priorityClass('low', 10), priorityClass('high', 1000), queue('left'), queue('right'));
  });

  after(async () => {
    await stage?.stop();
  });

  it('give a gang of high priority room, tell why, and let the elastic Job that lost it come back', async () => {
    await applied(plane, optedInNamespace('a'), elastic('a', 'low', { priority: 'low' }));
    await runs('a', 'low', CPUS);
    await applied(plane, gang('a', 'high', ['sleep', '8']));
    await runs('a', 'high', 4);
    expect(running('a', 'low')).to.equal(CPUS - 4);
    await history.until('the high gang is done', () => (isComplete('a', 'high') ? true : undefined));
    await runs('a', 'low', CPUS);
    expect(isComplete('a', 'low')).to.equal(false);
    const low = groupOf('a', 'low');
    const told = await history.until('the group is told', () => noteOf(low, 'Evict'));
    expect(told).to.match(
      /^4 pods \(.* and 1 more\) are evicted: PodGroup a\/high\S* of priority 1000 takes its room\.$/,
    );
    await history.until('the Job is told', () => noteOf('low', 'Evict'));
    const evicted = history.events.filter(
      ({ kind, object }) => kind === PODS.plural && conditionOf(object, 'DisruptionTarget') === 'EvictionByEvictionAPI',
    );
    expect(new Set(evicted.map(({ key }) => key)).size).to.equal(4);
    await removed('a');
  });

  it('do not happen against a disruption budget: who waits is told which, and goes once it is deleted', async () => {
    await applied(
      plane,
      optedInNamespace('b'),
      budget('b', 'keep', { app: 'low' }),
      elastic('b', 'low', { priority: 'low' }),
    );
    await runs('b', 'low', CPUS);
    await applied(plane, gang('b', 'high'));
    await history.until('the high group is told about the budget', () =>
      messageOf('b', 'high').includes('kept by PodDisruptionBudget b/keep') ? true : undefined,
    );
    expect(running('b', 'low')).to.equal(CPUS);
    expect(deletionsIn('b')).to.equal(0);
    expect(await sluice.metric('sluice_eviction_refusals_total')).to.equal(0);
    await kubectl('-n', 'b', 'delete', 'poddisruptionbudget', 'keep');
    await runs('b', 'high', 4);
    await removed('b');
  });

  it('give a gang of high priority the devices of pods with claims, and of no others', async () => {
    await applied(plane, optedInNamespace('d'), deviceClass(), deviceTemplate('d'));
    const low = { count: 1, min: 1, command: [], priority: 'low' };
    const spec = withDevices('one');
    await applied(
      plane,
      jobOf('d', 'low-a', { ...low, podSpec: spec }),
      jobOf('d', 'low-b', { ...low, podSpec: spec }),
    );
    await applied(plane, jobOf('d', 'plain', { ...low, count: 2 }));
    await Promise.all([runs('d', 'low-a', 1), runs('d', 'low-b', 1), runs('d', 'plain', 2)]);
    const plain = podsIn('d').filter((each) => stringAt(each, ['metadata', 'labels', 'app']) === 'plain');
    await applied(plane, jobOf('d', 'high', { ...low, count: 2, min: 2, priority: 'high', podSpec: spec }));
    await runs('d', 'high', 2);
    const uids = (of: readonly JsonObject[]): string[] => of.map((each) => stringAt(each, ['metadata', 'uid']));
    expect(uids(podsIn('d'))).to.include.members(uids(plain));
    expect(deletionsIn('d')).to.equal(2);
    const claims = history.all(RESOURCE_CLAIMS).filter((claim) => stringAt(claim, ['metadata', 'namespace']) === 'd');
    const devices = claims.flatMap((claim) => arrayAt(claim, 'status', 'allocation', 'devices', 'results'));
    const pools = devices.map((device) => stringAt(device, ['pool']));
    expect(pools.toSorted()).to.deep.equal(['node-0', 'node-1']);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    await removed('d');
  });

  it('give a gang of high priority the parts of cards of pods that have some, and of no others', async () => {
    await applied(plane, optedInNamespace('p'));
    const low = { count: 1, min: 1, command: [], priority: 'low' };
    const most = { ...low, limits: partOfCard(700) };
    await applied(
      plane,
      jobOf('p', 'low-a', most),
      jobOf('p', 'low-b', most),
      jobOf('p', 'plain', { ...low, count: 2 }),
    );
    await Promise.all([runs('p', 'low-a', 1), runs('p', 'low-b', 1), runs('p', 'plain', 2)]);
    await applied(plane, jobOf('p', 'high', { ...low, count: 2, min: 2, priority: 'high', limits: partOfCard(600) }));
    await runs('p', 'high', 2);
    expect(running('p', 'plain')).to.equal(2);
    expect(deletionsIn('p')).to.equal(2);
    const high = podsIn('p').filter((each) => stringAt(each, ['metadata', 'labels', 'app']) === 'high');
    const nodes = high.map((each) => stringAt(each, ['spec', 'nodeName']));
    expect(nodes.toSorted()).to.deep.equal(['node-0', 'node-1']);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    await removed('p');
  });

  it('give a gang of high priority whole NUMA nodes: of each all pods go that have some, and no others', async () => {
    await applied(plane, optedInNamespace('n'), ...numatopologiesOf(NODES));
    const marks = { command: [], annotations: { [NUMA_POLICY_ANNOTATION]: 'single-numa-node' } };
    const limits = { cpu: '1', memory: '1Gi' };
    await applied(plane, jobOf('n', 'low', { ...marks, count: CPUS, min: 1, priority: 'low', limits }));
    await runs('n', 'low', CPUS);
    const before = podsIn('n');
    const high = { ...marks, count: 2, min: 2, priority: 'high', limits: { ...limits, cpu: '2' } };
    await applied(plane, jobOf('n', 'high', high));
    await runs('n', 'high', 2);
    const deleted = deletedIn('n');
    expect(deleted.size).to.equal(4);
    const gone = before.filter((each) => deleted.has(`n/${stringAt(each, ['metadata', 'name'])}`));
    const given = podsIn('n').filter((each) => stringAt(each, ['metadata', 'labels', 'app']) === 'high');
    expect([...new Set(gone.map(cellOf))].toSorted()).to.deep.equal(given.map(cellOf).toSorted());
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    await removed('n');
    await kubectl('delete', 'numatopologies', '--all');
  });

  it('bring two queues of equal weight to equal shares, and end there', async () => {
    await applied(plane, optedInNamespace('c'), elastic('c', 'left', { queue: 'left' }));
    await runs('c', 'left', CPUS);
    await applied(plane, elastic('c', 'right', { queue: 'right' }));
    await runs('c', 'right', CPUS / 2);
    await runs('c', 'left', CPUS / 2);
    const before = await sluice.metric('sluice_evictions_total');
    const deletions = deletionsIn('c');
    // What must not happen cannot be waited for.
    await sluice.during(sleep(60_000));
    expect(await sluice.metric('sluice_evictions_total')).to.equal(before);
    expect([deletionsIn('c'), running('c', 'left'), running('c', 'right')]).to.deep.equal([deletions, 4, 4]);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
  });

  async function kubectl(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await plane.kubectl(args);
    expect(code, stderr).to.equal(0);
  }

  /** All of the namespace's work is gone, and its room free. */
  async function removed(namespace: string): Promise<void> {
    await kubectl('-n', namespace, 'delete', 'job', '--all', '--cascade=foreground', '--wait=false');
    await history.until(`no pods in ${namespace}`, () => (podsIn(namespace).length === 0 ? true : undefined), 60_000);
  }

  function podsIn(namespace: string): readonly JsonObject[] {
    return history.all(PODS).filter((each) => stringAt(each, ['metadata', 'namespace']) === namespace);
  }

  function deletionsIn(namespace: string): number {
    return deletedIn(namespace).size;
  }

  function deletedIn(namespace: string): ReadonlySet<string> {
    const gone = history.events.filter(
      ({ kind, key, object }) =>
        kind === PODS.plural &&
        key.startsWith(`${namespace}/`) &&
        stringAt(object, ['metadata', 'deletionTimestamp']) !== '',
    );
    return new Set(gone.map(({ key }) => key));
  }

  function running(namespace: string, app: string): number {
    return podsIn(namespace).filter(
      (each) =>
        stringAt(each, ['metadata', 'labels', 'app']) === app &&
        stringAt(each, ['status', 'phase']) === 'Running' &&
        stringAt(each, ['metadata', 'deletionTimestamp']) === '',
    ).length;
  }

  function runs(namespace: string, app: string, count: number): Promise<true> {
    const all = (): true | undefined => (running(namespace, app) === count ? true : undefined);
    return sluice.during(history.until(`${count} pods of ${namespace}/${app} run`, all, 60_000));
  }

  function isComplete(namespace: string, name: string): boolean {
    const found = history.get(JOBS, `${namespace}/${name}`);
    return arrayAt(found, 'status', 'conditions').some((each) => stringAt(each, ['type']) === 'Complete');
  }

  function groupObject(namespace: string, name: string): JsonObject | undefined {
    return new NamespaceView(history, namespace).madeFor(name);
  }

  function groupOf(namespace: string, name: string): string {
    return stringAt(groupObject(namespace, name), ['metadata', 'name']);
  }

  function messageOf(namespace: string, name: string): string {
    const conditions = arrayAt(groupObject(namespace, name), 'status', 'conditions');
    return conditions.map((each) => stringAt(each, ['message'])).join(' ');
  }

  function noteOf(name: string, reason: string): string | undefined {
    const event = history
      .all(EVENTS)
      .find((each) => stringAt(each, ['regarding', 'name']) === name && stringAt(each, ['reason']) === reason);
    return event === undefined ? undefined : stringAt(event, ['note']);
  }
});

/** Node, and the NUMA node on it that the pod is expected to be given CPUs of. */
function cellOf(pod: JsonObject): string {
  const decision = stringAt(pod, ['metadata', 'annotations', TOPOLOGY_DECISION_ANNOTATION]);
  return `${stringAt(pod, ['spec', 'nodeName'])} ${decision.replace(/:.*/, '')}`;
}

function conditionOf(object: JsonObject, type: string): string {
  const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, ['type']) === type);
  return stringAt(found, ['reason']);
}

/** Nobody of these pods may go. */
function budget(namespace: string, name: string, matchLabels: object): object {
  const spec = { maxUnavailable: 0, selector: { matchLabels } };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace }, spec };
}

/**
 * A Job that fills the cluster and needs one pod. Those that it loses to others cost it no retry, and index by index their
 * successors come after ten seconds; without indexes they would wait twice as long for each pod lost.
 */
function elastic(namespace: string, name: string, marks: { priority?: string; queue?: string }): object {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }];
  const spec = { podFailurePolicy: { rules }, completionMode: 'Indexed', backoffLimitPerIndex: 9 };
  return jobOf(namespace, name, { count: CPUS, min: 1, command: [], ...marks, spec });
}

/** A Job of high priority that needs all of its four pods. */
function gang(namespace: string, name: string, command: readonly string[] = []): object {
  return jobOf(namespace, name, { count: 4, min: 4, command, priority: 'high', spec: {} });
}

function deviceClass(): object {
  const selectors = [{ cel: { expression: `device.driver == "${DRIVER}"` } }];
  return {
    apiVersion: apiVersion(DEVICE_CLASSES),
    kind: DEVICE_CLASSES.kind,
    metadata: { name: 'gpu' },
    spec: { selectors },
  };
}

function deviceTemplate(namespace: string): object {
  const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu', count: 1 } }] } };
  return {
    apiVersion: apiVersion(RESOURCE_CLAIMS),
    kind: 'ResourceClaimTemplate',
    metadata: { name: 'one', namespace },
    spec: { spec },
  };
}

/** Of the card of a node. */
function partOfCard(memory: number): Readonly<Record<string, string>> {
  return { 'volcano.sh/vgpu-number': '1', 'volcano.sh/vgpu-memory': String(memory) };
}

/** Of pods that get a claim from the template each. */
function withDevices(resourceClaimTemplateName: string): object {
  return { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName }] };
}

interface JobShape {
  readonly count: number;
  readonly min: number;
  readonly command: readonly string[];
  readonly priority?: string;
  readonly queue?: string;
  /** Beside a CPU. */
  readonly limits?: Readonly<Record<string, string>>;
  /** Of the pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the Job. */
  readonly spec?: object;
  readonly podSpec?: object;
}

function jobOf(
  namespace: string,
  name: string,
  { count, min, command, priority, queue: of, limits = {}, spec, podSpec, annotations: marks = {} }: JobShape,
): object {
  const labels = of === undefined ? {} : { [QUEUE_NAME_LABEL]: of };
  const annotations = { [GROUP_MIN_MEMBER_ANNOTATION]: String(min) };
  const resources = { requests: { cpu: '1', ...limits }, limits };
  const containers = [{ name: 'main', image: 'none', command, resources }];
  const priorityClassName = priority === undefined ? {} : { priorityClassName: priority };
  const template = {
    metadata: { labels: { app: name }, annotations: marks },
    spec: { restartPolicy: 'Never', ...priorityClassName, ...podSpec, containers },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels, annotations },
    spec: { parallelism: count, completions: count, template, ...spec },
  };
}
