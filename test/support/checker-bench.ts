import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { VolumeClaimRecord } from '../../src/api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../src/api/records/volume-record.ts';
import { Checker } from '../../src/engine/cycle/checker.ts';
import type { GangDecision } from '../../src/scheduler/session/decision.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from './records.ts';

export const ONE_CPU = makeShape({ cpu: 1000 });
/** The name by which pods ask for devices of class `gpu`. */
export const GPU = 'nvidia.com/gpu';

/** A checker over records that a test can change; two nodes of two CPUs, queue `default`. */
export class Bench {
  readonly pods = new Map<string, PodRecord>();
  readonly nodes = new Map<string, NodeRecord>();
  readonly groups = new Map<string, PodGroupRecord>();
  readonly queues = new Map<string, QueueRecord>([['default', makeQueue('default')]]);
  readonly claims = new Map<string, VolumeClaimRecord>();
  readonly volumes = new Map<string, VolumeRecord>();
  readonly checker = new Checker({
    pod: (uid) => this.pods.get(uid),
    node: (name) => this.nodes.get(name),
    group: (key) => this.groups.get(key),
    queue: (name) => this.queues.get(name),
    claim: (key) => this.claims.get(key),
    volume: (name) => this.volumes.get(name),
    podsOf: () => this.pods.values(),
    classes: { classesNaming: (name) => (name === GPU ? ['gpu'] : []), extendedResources: new Map([[GPU, 'gpu']]) },
  });

  constructor() {
    for (const name of ['n1', 'n2']) this.node(makeNode(name, { cpu: 2000 }));
  }

  node(node: NodeRecord): void {
    this.nodes.set(node.name, node);
  }

  group(group: PodGroupRecord): void {
    this.groups.set(group.key, group);
    this.checker.observeGroup(group, group.key);
  }

  pod(pod: PodRecord): void {
    this.pods.set(pod.uid, pod);
    this.checker.observe(pod, pod.uid);
  }

  /** A group `g` with that many pods `p0`, `p1` ... */
  gang(minMember: number, count: number): void {
    this.group(makePodGroup('g', minMember));
    for (let i = 0; i < count; i += 1) this.pod(makePod(`p${i}`, 'g', ONE_CPU));
  }

  bound(name: string, node: string, overrides: Partial<PodRecord> = {}): void {
    this.pod(makePod(name, 'g', ONE_CPU, { nodeName: node, phase: 'Running', ...overrides }));
  }

  gone(name: string): void {
    this.pods.delete(`uid-${name}`);
    this.checker.observe(undefined, `uid-${name}`);
  }

  reserve(...places: readonly string[]): string | undefined {
    return this.checker.reserve(decision(...places));
  }
}

/** Places are `pod node`. */
export function decision(...places: readonly string[]): GangDecision {
  const binds = places.map((place) => {
    const [name = '', node = ''] = place.split(' ');
    return { kind: 'bind' as const, uid: `uid-${name}`, pod: `ns/${name}`, node };
  });
  return { kind: 'gang', group: 'ns/g', minMember: 0, binds };
}
