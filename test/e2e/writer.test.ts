import { expect } from 'chai';
import { createWriter } from '../../src/adapters/kube/write/writer.ts';
import type { KubeWriter } from '../../src/adapters/kube/write/writer.ts';
import { DISRUPTION_BUDGETS, EVENTS, LEASES, NODES, PODS } from '../../src/api/resources.ts';
import { evictPod } from '../../src/engine/cycle/evict/pod-eviction.ts';
import type { EvictionEnd } from '../../src/engine/cycle/evict/pod-eviction.ts';
import { createEventRecorder } from '../../src/engine/events/event-recorder.ts';
import { createLeaderElector } from '../../src/engine/lead/lease.ts';
import type { LeaderElector } from '../../src/engine/lead/lease.ts';
import type { WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { makePod as podRecord, makeShape } from '../support/records.ts';
import { openAdapterBench } from './support/adapters.ts';
import type { AdapterBench } from './support/adapters.ts';

/** Quick, and still whole seconds, which is all that the API keeps. */
const TIMINGS = { durationMs: 3000, renewDeadlineMs: 2000, retryMs: 200, jitter: 1.2 };

describe('writer, lease and events on a real API server', function () {
  this.timeout(120_000);
  let bench: AdapterBench;
  let writer: KubeWriter;

  before(async function () {
    this.timeout(1_800_000);
    bench = await openAdapterBench();
    writer = createWriter(bench);
    await bench.plane.applyNodes([{ count: 2, cpu: '8', memory: '32Gi' }]);
  });
  after(() => bench?.close());

  describe('outcomes', () => {
    it('a pod is made, bound once, and then assigned', async () => {
      const uid = await makePod('bound');
      expect(await bind('bound', uid, 'node-0')).to.deep.equal({ kind: 'done', object: undefined });
      const again = await bind('bound', uid, 'node-1');
      expect(again.kind).to.equal('conflict');
      expect('message' in again ? again.message : '').to.contain('already assigned');
      const pod = await write({ verb: 'get', name: 'bound' });
      expect(stringAt(objectOf(pod), ['spec', 'nodeName'])).to.equal('node-0');
      expect(stringAt(objectOf(pod), ['metadata', 'annotations', 'sluice.dev/bind-plan-id'])).to.equal('plan-1');
    });

    it('an eviction is refused by a budget in its own words, and by no flow control; of another UID it meets nobody', async () => {
      const uid = await makePod('kept', { app: 'kept' });
      await bind('kept', uid, 'node-0');
      const running = { verb: 'mergePatch', subresource: 'status', body: { status: { phase: 'Running' } } } as const;
      expect((await write({ ...running, name: 'kept' })).kind).to.equal('done');
      const body = {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'keep', namespace: 'default' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
      };
      expect((await write({ verb: 'create', type: DISRUPTION_BUDGETS, name: '', body })).kind).to.equal('done');
      const refused = await evict('kept', uid);
      expect(refused.kind).to.equal('budget');
      expect('message' in refused ? refused.message : '').to.contain('The disruption budget keep');
      expect((await write({ verb: 'delete', type: DISRUPTION_BUDGETS, name: 'keep', body: {} })).kind).to.equal('done');
      for (const [of, isLeaving] of [
        ['other-uid', false],
        [uid, true],
      ] as const) {
        expect(await evict('kept', of)).to.deep.equal({ kind: 'gone' });
        const left = objectOf(await write({ verb: 'get', name: 'kept' }));
        expect(left === undefined || stringAt(left, ['metadata', 'deletionTimestamp']) !== '').to.equal(isLeaving);
      }
    });

    const rows: readonly { name: string; request: Partial<WriteRequest>; want: WriteOutcome['kind'] }[] = [
      {
        name: 'a binding of a pod with another UID',
        request: {
          verb: 'create',
          subresource: 'binding',
          name: 'there',
          body: binding('there', 'other-uid', 'node-0'),
        },
        want: 'conflict',
      },
      {
        name: 'a binding of a pod that is not there',
        request: { verb: 'create', subresource: 'binding', name: 'none', body: binding('none', 'u', 'node-0') },
        want: 'notFound',
      },
      {
        name: 'an object that exists',
        request: { verb: 'create', name: '', body: podBody('there') },
        want: 'conflict',
      },
      {
        name: 'an object that is not valid',
        request: { verb: 'create', name: '', body: { ...podBody('x'), spec: {} } },
        want: 'refused',
      },
      {
        name: 'a patch with an old version',
        request: {
          verb: 'mergePatch',
          name: 'there',
          body: { metadata: { resourceVersion: '1', labels: { a: 'b' } } },
        },
        want: 'conflict',
      },
      {
        name: 'a patch with another UID',
        request: { verb: 'mergePatch', name: 'there', body: { metadata: { uid: 'other-uid', labels: { a: 'b' } } } },
        want: 'conflict',
      },
      {
        name: 'a patch',
        request: { verb: 'mergePatch', name: 'there', body: { metadata: { labels: { a: 'b' } } } },
        want: 'done',
      },
      {
        name: 'a strategic patch of a condition',
        request: {
          verb: 'strategicPatch',
          subresource: 'status',
          name: 'there',
          body: { status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } },
        },
        want: 'done',
      },
      {
        name: 'a deletion with another UID',
        request: { verb: 'delete', name: 'there', body: { preconditions: { uid: 'other-uid' } } },
        want: 'conflict',
      },
      { name: 'a deletion', request: { verb: 'delete', name: 'there', body: { gracePeriodSeconds: 0 } }, want: 'done' },
      { name: 'a get of nothing', request: { verb: 'get', name: 'none' }, want: 'notFound' },
      {
        name: 'a kind that is not there',
        request: { verb: 'get', type: { ...PODS, group: 'example.com' }, name: 'x' },
        want: 'notFound',
      },
    ];
    before(() => makePod('there'));
    for (const tc of rows) {
      it(`${tc.name}: ${tc.want}`, async () => {
        expect((await write(tc.request)).kind).to.equal(tc.want);
      });
    }

    it('the server stops working on a write when we stop waiting for it', async () => {
      const slow = createWriter({ ...bench, timeoutMs: 1 });
      const outcomes = await Promise.all(
        [1, 2, 3].map((index) => slow.write(request({ verb: 'create', name: '', body: podBody(`slow-${index}`) }))),
      );
      for (const { kind } of outcomes) expect(kind).to.equal('unknown');
    });
  });

  describe('lease', () => {
    // Whatever came of a test: an elector that goes on holds the next one up, and the process, too.
    afterEach(() => Promise.all(electors.splice(0).map((one) => one.stop())));

    it('is taken, given back, and taken over at once', async () => {
      const [a, b] = [elector('a'), elector('b')];
      a.start();
      await reached(() => a.isLeader());
      expect(bench.metrics.value('sluice_leader', {})).to.equal(1);
      b.start();
      await a.stop();
      await reached(() => b.isLeader());
      expect(b.epoch).to.equal(a.epoch + 1);
      await b.stop();
      const { stdout } = await bench.plane.kubectl([
        'get',
        'lease',
        'sluice',
        '-o',
        'jsonpath={.spec.holderIdentity}|{.spec.leaseTransitions}',
      ]);
      expect(stdout).to.equal(`|${b.epoch}`);
    });

    it('is made anew by its holder when somebody deletes it', async () => {
      const a = elector('c');
      a.start();
      await reached(() => a.isLeader());
      await bench.plane.kubectl(['delete', 'lease', 'sluice']);
      for (let holder = ''; holder !== 'c';) {
        holder = (await bench.plane.kubectl(['get', 'lease', 'sluice', '-o', 'jsonpath={.spec.holderIdentity}']))
          .stdout;
      }
      expect(a.isLeader()).to.equal(true);
      await a.stop();
    });

    it('is not written over when it moved on', async () => {
      const body = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'other', namespace: 'default' },
      };
      const lease = { type: LEASES, namespace: 'default', name: 'other' };
      expect((await write({ ...lease, verb: 'create', body })).kind).to.equal('done');
      const old = { ...body, metadata: { ...body.metadata, resourceVersion: '1' } };
      expect((await write({ ...lease, verb: 'replace', body: old })).kind).to.equal('conflict');
    });
  });

  describe('events', () => {
    it('stand in kubectl describe in the shape that people know', async () => {
      const uid = await makePod('told');
      record(PODS, 'default', 'told', uid, '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.');
      record(PODS, 'default', 'told', uid, '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.');
      await writer.idle();
      const { stdout } = await bench.plane.kubectl(['describe', 'pod', 'told']);
      expect(stdout).to.match(
        / {2}Warning {2}FailedScheduling {2}\S+ +sluice +0\/2 nodes are available: 2 Insufficient nvidia\.com\/gpu\./,
      );
      const listed = await bench.plane.kubectl(['get', 'events', '-o', 'name']);
      expect(listed.stdout.split('\n').filter((line) => line.includes('/told.'))).to.have.length(1);
    });

    it('are found for cluster-scoped objects too', async () => {
      record(NODES, '', 'node-0', 'node-0-uid', 'nothing is wrong');
      await writer.idle();
      const found = await write({ verb: 'get', type: EVENTS, name: '' });
      const notes = memberAt(objectOf(found), 'items');
      expect(JSON.stringify(notes)).to.contain('nothing is wrong');
    });
  });

  function record(type: typeof PODS, namespace: string, name: string, uid: string, note: string): void {
    recorder ??= createEventRecorder({ ...bench, writer, instance: 'sluice-0' });
    recorder.record({ type, namespace, name, uid }, 'Warning', 'FailedScheduling', 'Scheduling', note);
  }
  let recorder: ReturnType<typeof createEventRecorder> | undefined;

  const electors: LeaderElector[] = [];

  function elector(identity: string, onLost: (reason: string) => void = () => undefined): LeaderElector {
    const place = { namespace: 'default', name: 'sluice' };
    const made = createLeaderElector({
      ...bench,
      ...place,
      writer,
      identity,
      timings: TIMINGS,
      onAcquired: () => undefined,
      onLost,
    });
    electors.push(made);
    return made;
  }

  function write(changes: Partial<WriteRequest>): Promise<WriteOutcome> {
    return writer.write(request(changes));
  }

  function evict(name: string, uid: string): Promise<EvictionEnd> {
    return evictPod(writer, bench.clock, podRecord(name, 'g', makeShape({}), { namespace: 'default', uid }));
  }

  async function makePod(name: string, labels: JsonObject = {}): Promise<string> {
    const outcome = await write({ verb: 'create', name: '', body: podBody(name, labels) });
    expect(outcome.kind).to.equal('done');
    return stringAt(objectOf(outcome), ['metadata', 'uid']);
  }

  function bind(name: string, uid: string, node: string): Promise<WriteOutcome> {
    return write({ verb: 'create', subresource: 'binding', name, body: binding(name, uid, node) });
  }
});

function request(changes: Partial<WriteRequest>): WriteRequest {
  const base = {
    type: PODS,
    namespace: 'default',
    name: '',
    subresource: '',
    body: undefined,
    lane: 'decision',
  } as const;
  return { verb: 'get', ...base, ...changes };
}

function podBody(name: string, labels: JsonObject = {}): JsonObject {
  const spec = { schedulerName: 'nobody', containers: [{ name: 'c', image: 'none' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec };
}

function binding(name: string, uid: string, node: string): JsonObject {
  const metadata = { name, namespace: 'default', uid, annotations: { 'sluice.dev/bind-plan-id': 'plan-1' } };
  return { apiVersion: 'v1', kind: 'Binding', metadata, target: { apiVersion: 'v1', kind: 'Node', name: node } };
}

function objectOf(outcome: WriteOutcome): JsonObject | undefined {
  return outcome.kind === 'done' ? outcome.object : undefined;
}

async function reached(condition: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!condition()) {
    if (performance.now() - startMs > 60_000) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
