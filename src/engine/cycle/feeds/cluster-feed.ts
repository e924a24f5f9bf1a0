import type { NodeRecord } from '../../../api/records/node-record.ts';
import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { QueueRecord } from '../../../api/records/queue-record.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { sameImages } from '../../../scheduler/placement/node-features.ts';
import { Mirror } from '../../mirror.ts';
import type { ChangeHandler } from '../../ports.ts';
import type { Checker } from '../checker.ts';
import {
  isGroupChanged,
  isGroupNews,
  isNodeNews,
  isPlacedAsDecided,
  isPodNews,
  isQueueNews,
  isShortOfPods,
} from '../news.ts';

interface ClusterFeedOptions {
  readonly snapshot: Snapshot;
  readonly checker: Checker;
  readonly listeners: ClusterListeners;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
  /** Something changed that no decision follows from yet. */
  readonly seenPatiently: () => void;
}

/** Who else has to know; each is told before anything is decided on it. */
export interface ClusterListeners {
  /** Some pods changed so that a decision may be another one. */
  readonly podsChanged: () => void;
  readonly podGone: (uid: string) => void;
  readonly nodesChanged: () => void;
  /** What somebody wants of a group is another thing than before. */
  readonly groupChanged: (key: string) => void;
  readonly groupGone: (key: string) => void;
  readonly queueGone: (name: string) => void;
}

/** The newest records of pods, nodes, groups and queues. */
export class ClusterMirrors {
  readonly pods = new Mirror<PodRecord>((pod) => pod.uid);
  readonly nodes = new Mirror<NodeRecord>((node) => node.name);
  readonly groups = new Mirror<PodGroupRecord>((group) => group.key);
  readonly queues = new Mirror<QueueRecord>((queue) => queue.name);
}

/** What the watches of pods, nodes, groups and queues show goes into the mirrors and the snapshot. */
export class ClusterFeed {
  readonly #mirrors: ClusterMirrors;
  readonly #options: ClusterFeedOptions;

  constructor(mirrors: ClusterMirrors, options: ClusterFeedOptions) {
    this.#mirrors = mirrors;
    this.#options = options;
  }

  readonly onPods: ChangeHandler<PodRecord> = (changes) => {
    const { snapshot, checker, listeners, seen, seenPatiently } = this.#options;
    let [isNews, isPatientNews] = [false, false];
    this.#mirrors.pods.apply(changes, (next, old) => {
      const uid = next?.uid ?? old?.uid ?? '';
      checker.observe(next, uid);
      if (next === undefined) {
        isNews = true;
        snapshot.removeTask(uid);
        listeners.podGone(uid);
        return;
      }
      const isExpected = old !== undefined && isPlacedAsDecided(next, old, snapshot.tasks.get(uid));
      snapshot.upsertTask(next);
      if (isExpected || (old === undefined && isShortOfPods(snapshot.tasks.get(uid)))) isPatientNews = true;
      else isNews ||= old === undefined || isPodNews(next, old);
    });
    if (isNews || isPatientNews) listeners.podsChanged();
    if (isPatientNews) seenPatiently();
    seen('pods', isNews);
  };

  readonly onNodes: ChangeHandler<NodeRecord> = (changes) => {
    const { snapshot, listeners, seen } = this.#options;
    let isNews = false;
    this.#mirrors.nodes.apply(changes, (next, old) => {
      if (next !== undefined && old !== undefined && !isNodeNews(next, old)) {
        if (!sameImages(next.images, old.images)) snapshot.upsertNode(next);
        return;
      }
      isNews = true;
      listeners.nodesChanged();
      if (next !== undefined) snapshot.upsertNode(next);
      else if (old !== undefined) snapshot.removeNode(old.name);
    });
    seen('nodes', isNews);
  };

  readonly onPodGroups: ChangeHandler<PodGroupRecord> = (changes) => {
    const { snapshot, checker, listeners, seen } = this.#options;
    let isNews = false;
    this.#mirrors.groups.apply(changes, (next, old) => {
      const key = next?.key ?? old?.key ?? '';
      checker.observeGroup(next, key);
      if (next === undefined) {
        isNews = true;
        snapshot.removeJob(key);
        listeners.groupGone(key);
        return;
      }
      const phase = snapshot.jobs.get(key)?.phase;
      isNews ||= old === undefined || isGroupNews(next, old, phase);
      if (old !== undefined && isGroupChanged(next, old)) listeners.groupChanged(key);
      snapshot.upsertJob(next);
    });
    seen('podgroups', isNews);
  };

  readonly onQueues: ChangeHandler<QueueRecord> = (changes) => {
    const { snapshot, listeners, seen } = this.#options;
    let isNews = false;
    this.#mirrors.queues.apply(changes, (next, old) => {
      isNews ||= next === undefined || old === undefined || isQueueNews(next, old);
      if (next !== undefined) {
        snapshot.upsertQueue(next);
        return;
      }
      const name = old?.name ?? '';
      snapshot.removeQueue(name);
      listeners.queueGone(name);
    });
    seen('queues', isNews);
  };
}

/** Kinds that it has to have listed before anything is decided. */
export const CLUSTER_KINDS = 4;
