import { expect } from 'chai';
import { createReflector } from '../../src/adapters/kube/read/reflector.ts';
import type { KubeReflector } from '../../src/adapters/kube/read/reflector.ts';
import type { ReflectorOptions } from '../../src/adapters/kube/read/reflector-options.ts';
import { NAMESPACES, PODS, QUEUES } from '../../src/api/resources.ts';
import type { Change } from '../../src/engine/ports.ts';
import { describeChange, projectItem } from '../support/reflector-bench.ts';
import type { Item } from '../support/reflector-bench.ts';
import { openAdapterBench } from './support/adapters.ts';
import type { AdapterBench } from './support/adapters.ts';
import { reached } from './support/reached.ts';

describe('reflector on a real API server', function () {
  this.timeout(120_000);
  let bench: AdapterBench;
  let changes: Change<Item>[];
  let reflector: KubeReflector | undefined;

  before(async function () {
    this.timeout(1_800_000);
    bench = await openAdapterBench();
    expect((await bench.plane.kubectl(['create', 'namespace', 'ns'])).code).to.equal(0);
    // The one that every namespace gets would come among those that are counted.
    const own = ['-n', 'ns', 'wait', '--for=create', 'configmap/kube-root-ca.crt', '--timeout=60s'];
    expect((await bench.plane.kubectl(own)).code).to.equal(0);
  });
  beforeEach(() => {
    changes = [];
  });
  afterEach(() => reflector?.stop());
  after(() => bench?.close());

  it('lists by a stream and follows creation, change and deletion', async () => {
    await createConfigMaps('listed');
    const started = reflect();
    await reached(() => started.synced);
    expect(changes.map(({ kind }) => kind)).to.deep.equal(['replace']);
    expect(countOf('ends', 'unsupported')).to.equal(0);
    await createConfigMaps('later');
    await bench.plane.kubectl(['-n', 'ns', 'label', 'configmap', 'later', 'color=red']);
    await bench.plane.kubectl(['-n', 'ns', 'delete', 'configmap', 'later', 'listed']);
    await reached(() => changes.filter(({ kind }) => kind === 'delete').length === 2);
    const told = changes.slice(1).map((change) => describeChange(change).split('@')[0]);
    expect(told).to.deep.equal(['upsert later', 'upsert later', 'delete later', 'delete listed']);
  });

  it('resumes where it was when the server ends the watch', async () => {
    const started = reflect({ timings: { watchMinSeconds: 1, watchMaxSeconds: 1 } });
    await reached(() => started.synced);
    await reached(() => countOf('ends', 'closed') >= 2);
    await createConfigMaps('during');
    await reached(() => changes.length === 2);
    expect(changes.map(({ kind }) => kind)).to.deep.equal(['replace', 'upsert']);
    expect(countOf('lists', 'status410')).to.equal(0);
  });

  it('agrees with a list of its own', async () => {
    const started = reflect({ timings: { selfCheckEveryMs: 300 } });
    await reached(() => started.synced);
    await reached(() => countOf('self_checks', 'equal', 'result') >= 2);
    expect(countOf('self_checks', 'mismatch', 'result')).to.equal(0);
  });

  it('catches up with the server although nothing happens to its kind: what is small anew, what is large by a bookmark, or by one list where none comes', async () => {
    const small = reflect({ type: NAMESPACES, namespace: undefined });
    await reached(() => small.synced);
    // A bookmark that comes in between, as it does once a minute, spares the list.
    for (let turn = 0; turn < 2 && changes.length < 2; turn += 1) {
      await createConfigMaps(`elsewhere-${turn}`);
      await small.catchUp();
    }
    expect(changes.map(({ kind }) => kind)).to.deep.equal(['replace', 'replace']);
    await small.stop();
    const { client } = bench.plane;
    await inParallel(1100, (index) => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `many-${index}` } };
      return client.request('POST', '/api/v1/namespaces/ns/configmaps', body);
    });
    const large = reflect();
    await reached(() => large.synced);
    const lists = countOf('lists', 'start');
    await bench.plane.kubectl(['create', 'namespace', 'elsewhere']);
    await large.catchUp();
    expect(countOf('lists', 'start') - lists).to.equal(0);
    // Where something happens to the kind after all, the watch has shown it before anybody hurries.
    expect(countOf('ends', 'renewed')).to.be.within(0, 1);
    expect(countOf('lists', 'catchUp')).to.be.within(0, countOf('ends', 'renewed'));
  });

  it('lists in pages where it has to', async () => {
    await createConfigMaps('p1', 'p2', 'p3', 'p4', 'p5');
    const http = { ...bench.http, stream: withoutStreamingLists() };
    const started = reflect({ http, timings: { pageSize: 2, listSilenceMs: 100 } });
    await reached(() => started.synced);
    const [first] = changes;
    expect(first?.kind === 'replace' ? first.records.length : 0).to.be.at.least(5);
    expect(countOf('ends', 'status422')).to.equal(1);
  });

  it('is ready as soon as a kind that was missing exists', async () => {
    const started = reflect({ type: QUEUES, namespace: undefined, timings: { backoffMinMs: 50, backoffMaxMs: 100 } });
    await reached(
      () => bench.metrics.value('sluice_reflector_ends_total', { resource: 'queues', cause: 'status404' }) > 0,
    );
    expect(started.synced).to.equal(false);
    expect((await bench.plane.kubectl(['apply', '-k', 'manifests/crds'])).code).to.equal(0);
    await reached(() => started.synced);
  });

  it('follows cluster-scoped kinds and selectors', async () => {
    reflector = createReflector<Item>({
      ...ports(),
      type: NAMESPACES,
      fieldSelector: 'metadata.name=ns',
      project: (raw) => ({ key: 'xx/ns', version: projectItem(raw)?.version ?? '' }),
      keyOf: () => 'ns',
    });
    reflector.start();
    await reached(() => changes.length === 1);
    expect(changes[0]?.kind === 'replace' ? changes[0].records.length : 0).to.equal(1);
  });

  it('follows 2,000 changes without losing one', async () => {
    const started = reflect({ type: PODS });
    await reached(() => started.synced);
    const { client } = bench.plane;
    const pod = (index: number): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'ns', name: `pod-${index}` },
      spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'none' }] },
    });
    await inParallel(500, (index) => client.request('POST', '/api/v1/namespaces/ns/pods', pod(index)));
    for (const color of ['red', 'blue']) {
      const patch = { metadata: { labels: { color } } };
      const path = (index: number): string => `/api/v1/namespaces/ns/pods/pod-${index}`;
      await inParallel(500, (index) => client.request('PATCH', path(index), patch, 'application/merge-patch+json'));
    }
    await inParallel(500, (index) =>
      client.request('DELETE', `/api/v1/namespaces/ns/pods/pod-${index}?gracePeriodSeconds=0`),
    );
    // The view is ahead of what was handed over.
    await reached(() => started.size === 0 && changes.filter(({ kind }) => kind === 'delete').length >= 500);
    const kinds = changes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'delete')).to.have.length(500);
    // A deletion shows up as a change before it is done.
    expect(kinds.filter((kind) => kind === 'upsert')).to.have.length.within(1500, 2000);
    expect(bench.metrics.value('sluice_reflector_stale_drops_total', { resource: 'pods', kind: 'older' })).to.equal(0);
  });

  const configMaps = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

  function ports(): Omit<ReflectorOptions<Item>, 'type' | 'project' | 'keyOf'> {
    const { http, clock, randomness, metrics, log } = bench;
    const onFatal = (error: Error): void => {
      throw error;
    };
    return { http, clock, randomness, metrics, log, onFatal, handler: (batch) => void changes.push(...batch) };
  }

  function reflect(options: Partial<ReflectorOptions<Item>> = {}): KubeReflector {
    const own = { type: configMaps, namespace: 'ns', project: projectItem, keyOf: (item: Item) => item.key };
    reflector = createReflector<Item>({ ...ports(), ...own, ...options });
    reflector.start();
    return reflector;
  }

  /** The server's own words where the feature is off. */
  function withoutStreamingLists(): AdapterBench['http']['stream'] {
    return (path, receiver) => {
      if (!path.includes('sendInitialEvents')) return bench.http.stream(path, receiver);
      receiver.onStart(422, undefined, 'application/json');
      receiver.onEnd();
      return { abort: () => undefined, pause: () => undefined, resume: () => undefined };
    };
  }

  async function createConfigMaps(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
      const { status } = await bench.plane.client.request('POST', '/api/v1/namespaces/ns/configmaps', body);
      expect(status).to.equal(201);
    }
  }

  function countOf(what: 'ends' | 'lists' | 'self_checks', value: string, label = 'cause'): number {
    return bench.metrics.value(`sluice_reflector_${what}_total`, { resource: 'configmaps', [label]: value });
  }
});

async function inParallel(count: number, work: (index: number) => Promise<{ readonly status: number }>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const { status } = await work(next++);
      expect(status).to.be.lessThan(300);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
