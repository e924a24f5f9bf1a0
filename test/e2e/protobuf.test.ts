import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { KubeHttp } from '../../src/adapters/kube/connect/http-client.ts';
import type { StreamReceiver } from '../../src/adapters/kube/connect/stream-exchange.ts';
import { acceptHeader } from '../../src/adapters/kube/read/negotiation.ts';
import { createReflector } from '../../src/adapters/kube/read/reflector.ts';
import type { KubeReflector } from '../../src/adapters/kube/read/reflector.ts';
import { watchPath } from '../../src/adapters/kube/read/watch-path.ts';
import { openWatch } from '../../src/adapters/kube/read/watch-stream.ts';
import type { WatchEnd } from '../../src/adapters/kube/read/watch-stream.ts';
import { projectDisruptionBudget } from '../../src/api/projections/disruption-budget.ts';
import { projectJob } from '../../src/api/projections/job.ts';
import { projectNamespace } from '../../src/api/projections/namespace.ts';
import { projectNode } from '../../src/api/projections/node.ts';
import { projectPod } from '../../src/api/projections/pod.ts';
import { projectPriorityClass } from '../../src/api/projections/priority-class.ts';
import {
  apiVersion,
  DISRUPTION_BUDGETS,
  JOBS,
  NAMESPACES,
  NODES,
  PODS,
  PRIORITY_CLASSES,
  resourcePath,
} from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import type { Change } from '../../src/engine/ports.ts';
import { openAdapterBench } from './support/adapters.ts';
import type { AdapterBench } from './support/adapters.ts';
import { reached } from './support/reached.ts';

const PROTOBUF_WATCH = 'application/vnd.kubernetes.protobuf;stream=watch';

/** What both encodings are compared by. */
interface Named {
  readonly name: string;
}

interface Row {
  readonly type: ResourceType;
  readonly project: (raw: unknown) => Named | undefined;
  readonly spec: object;
}

const CONTAINER = {
  name: 'main',
  image: 'none',
  ports: [{ containerPort: 80, hostPort: 8080, hostIP: '10.0.0.1' }],
  resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { cpu: '2', 'example.com/gpu': '1' } },
};
const POD_SPEC = {
  schedulerName: 'nobody',
  containers: [CONTAINER],
  initContainers: [{ name: 'sidecar', image: 'none', restartPolicy: 'Always', resources: CONTAINER.resources }],
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 7, preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] } },
      ],
    },
  },
  schedulingGates: [{ name: 'example.com/wait' }],
};

const ROWS: readonly Row[] = [
  { type: PODS, project: (raw) => projectPod(raw, new Map()), spec: { spec: POD_SPEC } },
  {
    type: NODES,
    project: projectNode,
    spec: {
      spec: { unschedulable: true, taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
      status: { allocatable: { cpu: '3500m', memory: '7Gi', pods: '110' } },
    },
  },
  { type: NAMESPACES, project: projectNamespace, spec: {} },
  {
    type: JOBS,
    project: projectJob,
    spec: { spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
  },
  {
    type: DISRUPTION_BUDGETS,
    project: projectDisruptionBudget,
    spec: { spec: { maxUnavailable: 1, selector: { matchLabels: { color: 'red' } } } },
  },
  { type: PRIORITY_CLASSES, project: projectPriorityClass, spec: { value: -5 } },
];

describe('protobuf from a real API server', function () {
  this.timeout(120_000);
  let bench: AdapterBench;
  const reflectors: KubeReflector[] = [];

  before(async function () {
    this.timeout(1_800_000);
    bench = await openAdapterBench();
    expect((await bench.plane.kubectl(['create', 'namespace', 'ns'])).code).to.equal(0);
  });
  afterEach(() => Promise.all(reflectors.splice(0).map((reflector) => reflector.stop())));
  after(() => bench?.close());

  for (const row of ROWS) {
    it(`gives the records of JSON for ${row.type.plural}: listed, changed and deleted`, async () => {
      await create(row, 'listed');
      const contentTypes = new Set<string>();
      const inProtobuf = follow(row, noting(contentTypes, true));
      const inJson = follow(row, noting(contentTypes, false));
      await reached(() => inProtobuf.length > 0 && inJson.length > 0);
      await create(row, 'later');
      const labels = { metadata: { labels: { color: 'red' }, annotations: { 'sluice.dev/note': 'changed' } } };
      await change('PATCH', row, 'later', labels);
      await change('DELETE', row, 'later', { gracePeriodSeconds: 0 });
      await reached(() => [inProtobuf, inJson].every((changes) => isGone('later', changes)));
      await reached(() => isDeepStrictEqual(latest('listed', inProtobuf), latest('listed', inJson)));
      expect(latest('listed', inProtobuf)).to.have.property('name', 'listed');
      expect(changesOf('later', inProtobuf)).to.deep.equal(changesOf('later', inJson));
      expect([...contentTypes]).to.have.members([PROTOBUF_WATCH, 'application/json']);
    });
  }

  it("tells a refusal in the server's words, as JSON does", async () => {
    const end = await watchFrom('nonsense', true);
    expect(end).to.have.property('kind', 'refused');
    expect(end.message).to.include('nonsense');
    expect(end).to.deep.equal(await watchFrom('nonsense', false));
  });

  it('agrees with a list of its own, in pages', async () => {
    const selfChecks = (result: string): number =>
      bench.metrics.value('sluice_reflector_self_checks_total', { resource: 'pods', result });
    const [row] = ROWS;
    if (row !== undefined) follow(row, bench.http, 300);
    await reached(() => selfChecks('equal') > 0);
    expect(selfChecks('mismatch')).to.equal(0);
  });

  function follow(row: Row, http: KubeHttp, selfCheckEveryMs = 600_000): Change<Named>[] {
    const { clock, randomness, metrics, log } = bench;
    const changes: Change<Named>[] = [];
    const reflector = createReflector<Named>({
      http,
      clock,
      randomness,
      metrics,
      log,
      type: row.type,
      project: row.project,
      keyOf: ({ name }) => (row.type.namespaced ? `ns/${name}` : name),
      namespace: row.type.namespaced ? 'ns' : undefined,
      handler: (batch) => void changes.push(...batch),
      onFatal: (error) => {
        throw error;
      },
      timings: { selfCheckEveryMs },
    });
    reflectors.push(reflector);
    reflector.start();
    return changes;
  }

  /** Notes the content type of each answer; asks for JSON alone where protobuf is not wanted. */
  function noting(contentTypes: Set<string>, usesProtobuf: boolean): KubeHttp {
    const { http } = bench;
    return {
      send: (...request) => http.send(...request),
      stream: (path, receiver, accept) => {
        const onStart: StreamReceiver['onStart'] = (status, retryAfterMs, contentType) => {
          contentTypes.add(contentType);
          receiver.onStart(status, retryAfterMs, contentType);
        };
        const noted: StreamReceiver = {
          onStart,
          onData: (chunk) => receiver.onData(chunk),
          onEnd: () => receiver.onEnd(),
          onFailure: (message) => receiver.onFailure(message),
        };
        return http.stream(path, noted, usesProtobuf ? accept : acceptHeader(false));
      },
      refreshCredentials: () => http.refreshCredentials(),
      close: () => http.close(),
    };
  }

  function watchFrom(fromVersion: string, usesProtobuf: boolean): Promise<WatchEnd> {
    return openWatch({
      http: bench.http,
      clock: bench.clock,
      path: watchPath({ path: resourcePath(PODS), selectors: {}, timeoutSeconds: 60, fromVersion }),
      accept: acceptHeader(usesProtobuf),
      idleLimitMs: 60_000,
      maxEventBytes: 100_000,
      onOpen: () => undefined,
      onEvent: () => undefined,
      onChunk: () => undefined,
    }).end;
  }

  async function create({ type, spec }: Row, name: string): Promise<void> {
    const body = { apiVersion: apiVersion(type), kind: type.kind, metadata: { name }, ...spec };
    const { status } = await bench.plane.client.request('POST', resourcePath(type, 'ns'), body);
    expect(status).to.equal(201);
  }

  async function change(method: 'PATCH' | 'DELETE', { type }: Row, name: string, body: object): Promise<void> {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const { status } = await bench.plane.client.request(method, resourcePath(type, 'ns', name), body, contentType);
    expect(status).to.be.lessThan(300);
  }
});

/** The changes of one object after the first list, in order. */
function changesOf(name: string, changes: readonly Change<Named>[]): readonly unknown[] {
  return changes.filter((change) => change.kind !== 'replace' && change.record.name === name);
}

function latest(name: string, changes: readonly Change<Named>[]): Named | undefined {
  const records = changes.flatMap((change) => (change.kind === 'replace' ? change.records : [change.record]));
  return records.findLast((record) => record.name === name);
}

function isGone(name: string, changes: readonly Change<Named>[]): boolean {
  return changes.some((change) => change.kind === 'delete' && change.record.name === name);
}
