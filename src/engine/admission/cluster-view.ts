import type { ClusterView, GroupView } from '../../../webhooks/admission.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { Mirror } from '../mirror.ts';
import type { ChangeHandler } from '../ports.ts';

/** Kinds that have to be listed before the view calls something unknown. */
const KINDS = 3;

/** The webhook's light view of the cluster, fed by three reflectors of its own thread. */
export class ReflectedView implements ClusterView {
  readonly #queues = new Mirror<QueueRecord>((queue) => queue.name);
  readonly #namespaces = new Mirror<NamespaceRecord>((namespace) => namespace.name);
  readonly #groups = new Mirror<PodGroupRecord>((group) => group.key);
  readonly #groupsByOwner = new Map<string, GroupView>();
  readonly #children = new Map<string, number>();
  readonly #listed = new Set<string>();
  #queueNames: readonly string[] | undefined;

  readonly onQueues: ChangeHandler<QueueRecord> = (changes) => {
    this.#queues.apply(changes, (next, old) => {
      this.#queueNames = undefined;
      this.#countChild(old?.parent, -1);
      this.#countChild(next?.parent, 1);
    });
    this.#listed.add('queues');
  };

  readonly onNamespaces: ChangeHandler<NamespaceRecord> = (changes) => {
    this.#namespaces.apply(changes, nothing);
    this.#listed.add('namespaces');
  };

  readonly onPodGroups: ChangeHandler<PodGroupRecord> = (changes) => {
    this.#groups.apply(changes, (next, old) => {
      if (old?.owner !== undefined) this.#dropOwner(old.owner.uid, old);
      if (next?.owner !== undefined) this.#groupsByOwner.set(next.owner.uid, groupView(next));
    });
    this.#listed.add('podgroups');
  };

  get synced(): boolean {
    return this.#listed.size === KINDS;
  }

  queue(name: string): { state: string; parent: string; hasChildren: boolean } | undefined {
    const queue = this.#queues.get(name);
    return queue && { state: queue.state, parent: queue.parent, hasChildren: (this.#children.get(name) ?? 0) > 0 };
  }

  queueNames(): readonly string[] {
    this.#queueNames ??= [...this.#queues.values()].map((queue) => queue.name).toSorted();
    return this.#queueNames;
  }

  defaultQueue(namespace: string): string {
    return this.#namespaces.get(namespace)?.defaultQueue ?? '';
  }

  group(namespace: string, name: string): GroupView | undefined {
    const group = this.#groups.get(`${namespace}/${name}`);
    return group && groupView(group);
  }

  groupOfOwner(ownerUid: string): GroupView | undefined {
    return this.#groupsByOwner.get(ownerUid);
  }

  /** A list shows what is new before what is gone: the owner may have another group by now. */
  #dropOwner(uid: string, group: PodGroupRecord): void {
    const known = this.#groupsByOwner.get(uid);
    if (known?.namespace === group.namespace && known.name === group.name) this.#groupsByOwner.delete(uid);
  }

  #countChild(parent: string | undefined, by: 1 | -1): void {
    if (parent !== undefined && parent !== '') this.#children.set(parent, (this.#children.get(parent) ?? 0) + by);
  }
}

function groupView(group: PodGroupRecord): GroupView {
  const { namespace, name, queue, origin, minTaskMember: tasks } = group;
  return { namespace, name, queue, origin, tasks, ownerUid: group.owner?.uid ?? '' };
}

function nothing(): void {
  // Namespaces are only looked up.
}
