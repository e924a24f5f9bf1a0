import type { PodRecord } from '../../api/records/pod-record.ts';
import type { Framework } from '../framework/framework.ts';
import { TaskClass } from '../model/task-class.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { DeviceTrial } from './device-trial.ts';
import { OTHER_NODE } from '../volumes/volume-context.ts';

/** What nodes say to pods that nobody has made yet. */
export interface PodTrial {
  readonly nodes: number;
  /** Nodes that would take one, were they empty of pods. */
  readonly open: number;
  /** Pods that all of these could hold at the same time, but no more than were asked about. */
  readonly places: number;
  /** Why the other nodes would not, as kubectl users know it; empty where none is closed. */
  readonly why: string;
  /** What its claims for devices have to wait for; empty where nothing is known of that. */
  readonly wait: string;
  /** Devices that claims of one pod's own come to, by class. */
  readonly claimed: Readonly<Record<string, number>>;
}

/**
 * Which nodes would take pods of this kind, as the latest cycle left them: by what nodes are, where the volumes are that
 * claims of theirs are bound to, and which devices claims ask for. What hangs on other pods, and on volumes that are free, may be
 * otherwise tomorrow and is left out. O(nodes x (claims + devices)).
 */
export function tryPods(record: PodRecord, count: number, snapshot: Snapshot, framework: Framework): PodTrial {
  const { nodes, classes, volumes } = snapshot;
  snapshot.claims.served.note(record.extendedAsks);
  const taskClass = classes.claim(record.shape);
  try {
    const mask = framework.nodesFor(taskClass);
    const bound = record.claims.filter(({ key }) => volumes.facts.volumes.get(volumeOf(key, volumes)) !== undefined);
    const open = new Set<number>();
    let unreached = 0;
    for (let node = 0; node < nodes.count; node += 1) {
      const isReached = bound.every(({ key }) => volumes.reaches(key, node));
      if (!isReached) unreached += 1;
      else if (mask.has(node)) open.add(node);
    }
    const trial = new DeviceTrial(record, snapshot.claims);
    const devices = trial.ask(
      count,
      nodes.count,
      (node) => open.has(node),
      (node) => open.delete(node),
    );
    const places =
      open.size === 0 ? 0 : Math.min(framework.capacity(withoutServed(taskClass, snapshot), count), devices.places);
    const reasons = lasting(framework.featureReasons(taskClass));
    if (unreached > 0) reasons.push([OTHER_NODE, unreached]);
    reasons.push(...devices.reasons);
    const { wait } = devices;
    return { nodes: nodes.count, open: open.size, places, why: inWords(reasons), wait, claimed: trial.claimed() };
  } finally {
    classes.release(taskClass);
  }
}

/** Without the amounts that are devices on some nodes, which are asked for them by claims. */
function withoutServed(taskClass: TaskClass, { resources, claims }: Snapshot): TaskClass {
  const { extendedResources } = claims.facts;
  const { shape } = taskClass;
  const requests = new Map([...shape.requests].filter(([name]) => !extendedResources.has(name)));
  return requests.size === shape.requests.size ? taskClass : new TaskClass({ ...shape, requests }, resources);
}

function volumeOf(claim: string, { facts }: Snapshot['volumes']): string {
  return facts.claims.get(claim)?.volumeName ?? '';
}

type Reason = readonly [reason: string, nodes: number];

/** What is full today is no reason. */
const PASSING = /^(Insufficient |Too many pods)/;

function lasting(reasons: ReadonlyMap<string, number>): Reason[] {
  return [...reasons].filter(([reason, nodes]) => nodes > 0 && !PASSING.test(reason));
}

/** The one that closes most nodes first. */
function inWords(reasons: readonly Reason[]): string {
  const ordered = reasons.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return ordered.map(([reason, nodes]) => `${nodes} ${reason}`).join(', ');
}
