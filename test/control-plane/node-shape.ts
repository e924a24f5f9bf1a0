import { setTimeout as sleep } from 'node:timers/promises';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import { cardAnnotations, cardResources } from './card-shape.ts';
import type { CardShape } from './card-shape.ts';
import { slicesOf } from './device-shape.ts';
import type { DeviceShape } from './device-shape.ts';
import type { KubeClient } from './kube-client.ts';

/** The label that names a node's rack. */
export const RACK_LABEL = 'sluice.dev/rack';

const CONCURRENT_CREATES = 32;
// A list of 1,000 nodes costs the server more than creating a few of them.
const READY_POLL_MS = 80;
const READY_POLL_MS_PER_NODE = 1;

/** A taint as a Node carries it. */
export type NodeTaint = {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
};

/** NUMA nodes of each node of a shape: its CPUs in equal parts, one after the other. */
export type NumaShape = {
  readonly zones: number;
  /** Of its kubelet, whose CPU manager is static; default `single-numa-node`. */
  readonly policy?: 'none' | 'best-effort' | 'restricted' | 'single-numa-node';
  /** For what it looks for NUMA nodes; default `container`. */
  readonly scope?: 'container' | 'pod';
};

/** A number of equal nodes. */
export type NodeShape = {
  readonly count: number;
  /** Node names are this, a dash and a zero-padded number from 0; default `node`. */
  readonly namePrefix?: string;
  readonly cpu: string;
  readonly memory: string;
  readonly gpus?: number;
  readonly gpuResource?: string;
  /** Extended resources besides. */
  readonly devices?: Readonly<Record<string, string>>;
  /** Cards that pods share. */
  readonly cards?: CardShape;
  /** Devices that pods claim. */
  readonly claimed?: readonly DeviceShape[];
  /** NUMA nodes, told by a Numatopology beside the node. */
  readonly numa?: NumaShape;
  readonly pods?: number;
  /** Default 200Gi: many pods ask for some. */
  readonly ephemeralStorage?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly NodeTaint[];
  /** Into how many racks the nodes are cut, neighbours together; default 1. */
  readonly racks?: number;
  readonly zone?: string;
};

/** A Node as it is sent to the API server. */
export type NodeObject = {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly taints?: readonly NodeTaint[] };
  readonly status: {
    readonly capacity: Readonly<Record<string, string>>;
    readonly allocatable: Readonly<Record<string, string>>;
  };
};

/** The Node objects of a shape, in the order of their names. */
export function nodesOf(shape: NodeShape): readonly NodeObject[] {
  const prefix = shape.namePrefix ?? 'node';
  const racks = Math.max(1, Math.min(shape.racks ?? 1, shape.count));
  const resources = resourcesOf(shape);
  return Array.from({ length: shape.count }, (_, index) => {
    const name = `${prefix}-${padded(index, shape.count)}`;
    const rack = padded(Math.floor((index * racks) / shape.count), racks);
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          // Written here, because the node controller would add them one by one.
          'beta.kubernetes.io/os': 'linux',
          'beta.kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/zone': shape.zone ?? 'local',
          [RACK_LABEL]: `rack-${rack}`,
          ...shape.labels,
        },
        annotations: cardAnnotations(name, shape.cards),
      },
      spec: shape.taints === undefined ? {} : { taints: shape.taints },
      status: { capacity: resources, allocatable: resources },
    };
  });
}

function resourcesOf(shape: NodeShape): Readonly<Record<string, string>> {
  const gpus = shape.gpus ?? 0;
  return {
    cpu: shape.cpu,
    memory: shape.memory,
    'ephemeral-storage': shape.ephemeralStorage ?? '200Gi',
    pods: String(shape.pods ?? 110),
    ...(gpus > 0 ? { [shape.gpuResource ?? 'nvidia.com/gpu']: String(gpus) } : {}),
    ...cardResources(shape.cards),
    ...shape.devices,
  };
}

function padded(index: number, count: number): string {
  return String(index).padStart(String(Math.max(0, count - 1)).length, '0');
}

/** Creates the nodes of all shapes and waits until every one of them takes pods. */
export async function applyNodes(
  client: KubeClient,
  shapes: readonly NodeShape[],
  timeoutMs = 120_000,
): Promise<readonly string[]> {
  const nodes = shapes.flatMap(nodesOf);
  await createAll(client, '/api/v1/nodes', nodes);
  const names = nodes.map((node) => node.metadata.name);
  const slices = shapes.flatMap((shape) =>
    nodesOf(shape).flatMap(({ metadata }) => slicesOf(metadata.name, shape.claimed)),
  );
  await createAll(client, '/apis/resource.k8s.io/v1/resourceslices', slices);
  await untilReady(client, names, Date.now() + timeoutMs);
  return names;
}

async function createAll(client: KubeClient, path: string, objects: readonly object[]): Promise<void> {
  const queue = objects.values();
  const worker = async (): Promise<void> => {
    for (const object of queue) {
      const { status, body } = await client.request('POST', path, object);
      if (status !== 201) {
        const message = stringAt(body, ['message'], `status ${status}`);
        throw new Error(`${stringAt(object, ['metadata', 'name'])} could not be created: ${message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_CREATES, objects.length) }, worker));
}

async function untilReady(client: KubeClient, names: readonly string[], deadlineMs: number): Promise<void> {
  const waiting = new Set(names);
  for (;;) {
    const { body } = await client.request('GET', '/api/v1/nodes?resourceVersion=0');
    for (const node of arrayAt(body, 'items')) {
      if (takesPods(node)) waiting.delete(stringAt(node, ['metadata', 'name']));
    }
    if (waiting.size === 0) return;
    if (Date.now() > deadlineMs) {
      const [first] = waiting;
      throw new Error(`${waiting.size} of ${names.length} nodes did not become Ready, ${first} among them`);
    }
    await sleep(READY_POLL_MS + READY_POLL_MS_PER_NODE * names.length);
  }
}

function takesPods(node: unknown): boolean {
  const ready = arrayAt(node, 'status', 'conditions').some(
    (condition) => stringAt(condition, ['type']) === 'Ready' && stringAt(condition, ['status']) === 'True',
  );
  const tainted = arrayAt(node, 'spec', 'taints').some(
    (taint) => stringAt(taint, ['key']) === 'node.kubernetes.io/not-ready',
  );
  return ready && !tainted;
}
