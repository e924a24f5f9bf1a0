import type { DomainSearch, EmptyCluster, PlacementContext } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { SubGroup } from '../model/sub-group.ts';
import type { Task } from '../model/task.ts';
import { candidates, emptied } from './candidates.ts';
import type { Network } from './candidates.ts';
import type { Domain } from './domain.ts';
import { domainAccount } from './domain-account.ts';
import { noDomainFits, unknownTier } from './domain-refusal.ts';
import { DomainTree } from './domain-tree.ts';
import type { DomainUse } from './domain-use.ts';
import { NetworkTree } from './network-tree.ts';
import { OpenDomains } from './open-domains.ts';
import type { Level } from './open-domains.ts';
import { Rooms } from './rooms.ts';
import { tierLimit } from './tier-limit.ts';
import { unitOfJob, unitOfPart } from './unit.ts';
import type { Unit } from './unit.ts';

export interface NetworkOptions {
  /** Rules that only wish count. */
  readonly mindsWishes: boolean;
  /** Domains that are told where pods could go from. */
  readonly mostEmptied: number;
  /** By which the fuller domain of a tier comes first; absent: the one with the least room. */
  readonly packing: DomainUse | undefined;
}

/** Where jobs and parts with a rule about the network may go, as the network is in this cycle. */
export class NetworkPlacement {
  readonly #snapshot: Snapshot;
  readonly #options: NetworkOptions;
  readonly #source: NetworkTree;
  readonly #rooms: Rooms;
  readonly #open = new OpenDomains();
  #tree = new DomainTree([], 0);
  #cluster: EmptyCluster | undefined;
  #contexts: Readonly<Record<Level, PlacementContext>>;

  constructor(snapshot: Snapshot, options: NetworkOptions) {
    this.#snapshot = snapshot;
    this.#options = options;
    this.#source = new NetworkTree(snapshot);
    this.#rooms = new Rooms(snapshot);
    this.#contexts = this.#makeContexts();
  }

  /** Called once a cycle. */
  open(cluster: EmptyCluster): void {
    this.#cluster = cluster;
    const tree = this.#source.current();
    if (tree === this.#tree) return;
    this.#tree = tree;
    this.#contexts = this.#makeContexts();
  }

  /** As it is in this cycle. */
  get tree(): DomainTree {
    return this.#tree;
  }

  #makeContexts(): Readonly<Record<Level, PlacementContext>> {
    const { revision } = this.#source;
    return {
      group: this.#open.context('group', this.#tree, revision),
      part: this.#open.context('part', this.#tree, revision),
    };
  }

  contextOf(task: Task): PlacementContext | undefined {
    const { job } = task;
    if (job?.isNear !== true) return undefined;
    if (this.#minds(task.subGroup?.kind.policy.network)) return this.#contexts.part;
    return this.#minds(job.record.network) ? this.#contexts.group : undefined;
  }

  search(job: Job, part: SubGroup | undefined): DomainSearch | undefined {
    const unit = part === undefined ? unitOfJob(job) : unitOfPart(part);
    if (unit === undefined || this.#cluster === undefined || !this.#minds(unit.rule)) return undefined;
    const level = part === undefined ? 'group' : 'part';
    const { mostEmptied, packing } = this.#options;
    const network = {
      snapshot: this.#snapshot,
      cluster: this.#cluster,
      tree: this.#tree,
      rooms: this.#rooms,
      mostEmptied,
      packing,
    };
    const within = (level === 'part' ? this.#open.at('group') : undefined) ?? this.#tree.root;
    return searchOf(unit, within, network, (domain) => this.#open.set(level, domain));
  }

  #minds(rule: Unit['rule'] | undefined): boolean {
    return rule !== undefined && (this.#options.mindsWishes || rule.isHard);
  }
}

function searchOf(
  unit: Unit,
  within: Domain,
  network: Network,
  open: (domain: Domain | undefined) => void,
): DomainSearch {
  const limit = tierLimit(unit.rule, network.tree);
  const isFree = limit === Infinity;
  return {
    domains: () => (limit === undefined ? [] : candidates(unit, limit, within, network)),
    emptied: () => (limit === undefined ? [] : emptied(unit, limit, within, network)),
    open,
    taken: () => network.tree.common(unit.nodes)?.name ?? '',
    whole: within,
    // Whoever only wishes goes anywhere in the end.
    last: isFree ? within : undefined,
    account: () => (limit === undefined ? [] : domainAccount(unit, limit, within, network)),
    need: unit.need,
    refusal: (tried): Refusal =>
      limit === undefined
        ? unknownTier(unit.rule, network.tree)
        : noDomainFits({ unit, limit, within, tried }, network),
  };
}
