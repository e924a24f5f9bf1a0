import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { QUEUE_NAME_LABEL, RUNNING_ESTIMATE_ANNOTATION } from '../../src/api/keys.ts';
import { PODS, QUEUES } from '../../src/api/resources.ts';
import { arrayAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, optedInNamespace, priorityClass, queue } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'team-a';
/** A queue that only the program outside keeps from getting anything. */
const BUDGET = 'budget';
/** A resource of which each node has plenty, and the program gives out one a node. */
const SEAT = 'example.com/seat';
/** A resource of which each node of the hall has one: whoever wants it when all are taken, others have to go for. */
const TOKEN = 'example.com/token';
const HALL = { key: 'hall', effect: 'NoSchedule' } as const;
/** Whose pods the program lets go for others. */
const LET_GO = 'older';

describe('a program outside, planned starts and shares over time', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let history: History;
  let stage: Stage;
  let outside: Server;
  let isSpent = true;
  /** What was asked of pods that could go: the verb, and whose they are. */
  const asked = new Map<string, Set<string>>();

  before(async () => {
    const overused = (body: string): boolean => isSpent && stringAt(JSON.parse(body), ['queue', 'Name']) === BUDGET;
    outside = createServer((request, response) => {
      void text(request).then((body) => {
        const url = request.url ?? '';
        response.end(JSON.stringify(url === '/queue' ? { overused: overused(body) } : answer(url, body)));
      });
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    stage = await Stage.start({
      policy: policy((outside.address() as AddressInfo).port),
      nodes: [
        { count: 1, cpu: '4', memory: '64Gi' },
        {
          count: 2,
          namePrefix: 'hall',
          cpu: '4',
          memory: '64Gi',
          devices: { [SEAT]: '10', [TOKEN]: '1' },
          taints: [HALL],
        },
      ],
      kinds: [PODS, QUEUES],
    });
    ({ plane, history } = stage);
    await applied(plane, optedInNamespace(TEAM), priorityClass('low', 10), priorityClass('high', 1000));
    await applied(plane, queue('lends'), queue('owns'));
    await plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
  });

  after(async () => {
    await stage?.stop();
    outside?.close();
    outside?.closeAllConnections();
  });

  it('keeps a queue from getting more, until it changes its mind', async () => {
    await applied(plane, queue(BUDGET), work('asked', { pods: 1, cpu: '1', queue: BUDGET }));
    await told('asked', 'RefusedByExtender');
    isSpent = false;
    await runs('asked', 1);
    await gone('asked');
  });

  it('lets a pod use the nodes that it gives out, each once', async () => {
    await applied(plane, work('seated', { pods: 2, cpu: '1', hasSeats: true }));
    await runs('seated', 2);
    expect(new Set(podsOf('seated').map((pod) => stringAt(pod, ['spec', 'nodeName']))).size).to.equal(2);
    await applied(plane, work('late', { pods: 1, cpu: '1', hasSeats: true }));
    await told('late', 'NotEnoughResources');
    await gone('seated');
    await runs('late', 1);
    await gone('late');
  });

  const TAKING: readonly (readonly [verb: string, holding: Partial<Work>, taking: Partial<Work>])[] = [
    ['preemptable', { priority: 'low' }, { priority: 'high' }],
    ['reclaimable', { queue: 'lends' }, { queue: 'owns' }],
  ];
  for (const [verb, holding, taking] of TAKING) {
    it(`says who goes for a pod, and nobody else does: ${verb}`, async () => {
      const token = { pods: 1, cpu: '1', hasToken: true } as const;
      for (const name of [LET_GO, 'newer']) {
        await applied(plane, work(name, { ...token, ...holding }));
        await runs(name, 1);
      }
      const standing = [LET_GO, 'newer'].flatMap((name) => podsOf(name).map(uidOf));
      await applied(plane, work('taking', { ...token, ...taking }));
      await runs('taking', 1);
      expect(asked.get(`/${verb}`)).to.deep.equal(new Set([LET_GO, 'newer']));
      const staying = [LET_GO, 'newer'].flatMap((name) => podsOf(name).filter((pod) => standing.includes(uidOf(pod))));
      const left = staying.filter((pod) => stringAt(pod, ['metadata', 'deletionTimestamp']) === '');
      expect(left.map((pod) => nameOf(pod).split('-')[0])).to.deep.equal(['newer']);
      await Promise.all([LET_GO, 'newer', 'taking'].map(gone));
    });
  }

  it('lets nothing in front of a planned start that would delay it', async () => {
    await applied(plane, work('long', { pods: 1, cpu: '3', estimate: '1h' }));
    await runs('long', 1);
    await applied(plane, work('wide', { pods: 2, cpu: '2' }));
    await told('wide', 'StartPlanned');
    await applied(plane, work('endless', { pods: 1, cpu: '1' }));
    await told('endless', 'RoomPlanned');
    await applied(plane, work('short', { pods: 1, cpu: '1', estimate: '1m' }));
    await runs('short', 1);
    await gone('endless');
    await gone('long');
    await gone('short');
    await runs('wide', 2);
  });

  it('keeps what a queue has held on its status', async () => {
    const mean = await history.until('the usage of the default queue', () => {
      const found = history.get(QUEUES, 'default');
      return stringAt(found, ['status', 'usage', 'mean']) || undefined;
    });
    expect(Number(mean)).to.be.within(0, 1);
  });

  function answer(url: string, body: string): object {
    if (url === '/fits') return fits(body);
    const evictees = arrayAt(JSON.parse(body), 'evictees');
    const named = evictees.map((one) => stringAt(one, ['Name']).split('-')[0] ?? '');
    asked.set(url, new Set([...(asked.get(url) ?? []), ...named]));
    const victims = evictees.filter((one) => stringAt(one, ['Name']).startsWith(LET_GO));
    return { status: 1, victims: victims.map((one) => ({ UID: stringAt(one, ['UID']) })) };
  }

  /** Its pods say so. */
  function told(name: string, code: string): Promise<true> {
    const isTold = (): boolean =>
      podsOf(name).some((pod) =>
        arrayAt(pod, 'status', 'conditions').some((one) => stringAt(one, ['message']).startsWith(`${code}: `)),
      );
    return stage.sluice.during(history.until(`${name} is told ${code}`, () => (isTold() ? true : undefined)));
  }

  function podsOf(name: string): readonly JsonObject[] {
    return history.all(PODS).filter((pod) => nameOf(pod).startsWith(`${name}-`));
  }

  function runs(name: string, count: number): Promise<true> {
    const running = (): number => podsOf(name).filter((pod) => stringAt(pod, ['status', 'phase']) === 'Running').length;
    return stage.sluice.during(history.until(`${name} runs`, () => (running() === count ? true : undefined)));
  }

  async function gone(name: string): Promise<void> {
    await plane.kubectl(['delete', 'job', '-n', TEAM, name, '--wait=false']);
    await stage.sluice.during(history.until(`${name} is gone`, () => (podsOf(name).length === 0 ? true : undefined)));
  }
});

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

function uidOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'uid']);
}

/** One pod with a seat a node. */
function fits(body: string): object {
  if (objectAt(JSON.parse(body), 'task', 'Resreq', 'ScalarResources')[SEAT] === undefined)
    return { status: '', code: 0 };
  const standing = Object.values(objectAt(JSON.parse(body), 'node', 'Tasks'));
  const isTaken = standing.some((task) => objectAt(task, 'Resreq', 'ScalarResources')[SEAT] !== undefined);
  return isTaken ? { status: 'no seat is left', code: 2 } : { status: '', code: 0 };
}

interface Work {
  readonly pods: number;
  readonly cpu: string;
  readonly estimate?: string;
  readonly queue?: string;
  readonly hasSeats?: true;
  readonly hasToken?: true;
  readonly priority?: string;
}

function work(name: string, { pods, cpu, estimate, queue: line, hasSeats, hasToken, priority }: Work): object {
  const annotations = estimate === undefined ? {} : { [RUNNING_ESTIMATE_ANNOTATION]: estimate };
  const labels = line === undefined ? {} : { [QUEUE_NAME_LABEL]: line };
  const devices = { ...(hasSeats && { [SEAT]: '1' }), ...(hasToken && { [TOKEN]: '1' }) };
  const container = { name: 'main', image: 'none', resources: { requests: { cpu, ...devices }, limits: devices } };
  const tolerations = hasSeats === true || hasToken === true ? [{ key: HALL.key, operator: 'Exists' }] : [];
  const ranked = priority === undefined ? {} : { priorityClassName: priority };
  const template = { spec: { restartPolicy: 'Never', containers: [container], tolerations, ...ranked } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: TEAM, annotations, labels },
    spec: { parallelism: pods, completions: pods, template },
  };
}

function policy(port: number): string {
  return `
actions: "allocate, backfill, preempt, reclaim"
configurations:
- name: allocate
  arguments:
    plannedStarts: 1
tiers:
- plugins:
  - name: priority
  - name: gang
  - name: extender
    arguments:
      extender.urlPrefix: http://127.0.0.1:${port}
      extender.queueOverusedVerb: queue
      extender.predicateVerb: fits
      extender.preemptableVerb: preemptable
      extender.reclaimableVerb: reclaimable
      extender.managedResources: [${SEAT}, ${TOKEN}]
- plugins:
  - name: usage-share
    arguments:
      halfLife: 1h
  - name: predicates
  - name: proportion
  - name: nodeorder
`;
}
