import { areSameLabels, labelValue, NO_LABELS } from '../../api/records/label-selector.ts';
import type { LabelPairs } from '../../api/records/label-selector.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { PodSelection } from '../../api/records/pod-rules.ts';
import type { TaskClass } from '../model/task-class.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { NodeTable } from '../placement/node-table.ts';
import { NOWHERE } from '../placement/topology.ts';
import type { DomainCounts } from './domain-counts.ts';
import { PodCountTable } from './pod-count-table.ts';
import type { Claim } from './pod-count-table.ts';
import { LabelledPodsTable } from './labelled-pods.ts';
import type { HeldTerm, LabelledPods, SpeakingTerms } from './labelled-pods.ts';
import type { PodSet } from './pod-set.ts';

/** What the rules of a class count, term by term in the order of its shape. */
export interface RuleCounts {
  readonly affinity: readonly DomainCounts[];
  readonly antiAffinity: readonly DomainCounts[];
  readonly spread: readonly DomainCounts[];
  /** Where pods stand that have its terms of anti-affinity. */
  readonly held: readonly HeldTerm[];
}

/** Pods, and what each of them adds to the score of its domain. */
export interface WeighedCounts {
  readonly domains: DomainCounts;
  readonly weight: number;
}

/** What the wishes of a class count, in the order of its shape. */
export interface WishCounts {
  readonly terms: readonly WeighedCounts[];
  readonly spread: readonly DomainCounts[];
  /** What its pods say of others, once they stand: the terms' weights are counted, not the pods. */
  readonly held: readonly { readonly term: HeldTerm; readonly weight: number }[];
}

/** All that a class counts, and how to say that it is needed no more. */
interface ClassCounts {
  readonly rules: RuleCounts;
  readonly wishes: WishCounts;
  readonly releases: readonly (() => void)[];
}

/** What of a task says where it counts. */
export type CountedTask = Pick<Task, 'record' | 'class' | 'status'>;

/** For all pods while rules between pods do not count. */
const NOTHING_FORBIDDEN: SpeakingTerms = { terms: [], name: '', seen: 0 };

/** Of a term of affinity that must hold, for the pods that it speaks of: that of kube-scheduler. */
const REQUIRED_AFFINITY_WEIGHT = 1;

/**
 * How many pods stand in which domain, for the terms of all pods that have some (affinity, anti-affinity, spread, wished for or not). A pod that
 * comes or goes costs O(terms that speak of it), and nothing while no pod has terms. For a new term all pods are gone over
 * once, before the next cycle.
 */
export class PodRuleLedger {
  readonly #nodes: NodeTable;
  readonly #namespaces = new Map<string, LabelPairs>();
  readonly #labelled = new LabelledPodsTable((namespace) => this.#namespaces.get(namespace) ?? NO_LABELS);
  readonly #table: PodCountTable;
  readonly #byClass = new Map<TaskClass, ClassCounts>();

  constructor(nodes: NodeTable, index: NodeIndex) {
    this.#nodes = nodes;
    this.#table = new PodCountTable(nodes, index, this.#labelled);
  }

  /** No pod has terms: none sees the nodes in a way of its own. */
  get isEmpty(): boolean {
    return this.#labelled.isEmpty;
  }

  /** Grows whenever terms speak of other pods than before. */
  get termsVersion(): number {
    return this.#labelled.version;
  }

  /** Grows whenever the first of some counted pods came to stand in a domain, or the last one left. */
  get presence(): number {
    return this.#table.presence;
  }

  labelledAs(record: PodRecord): LabelledPods {
    return this.#labelled.of(record);
  }

  /** Undefined for a class without rules; rules that do not count are left out. */
  of(taskClass: TaskClass): RuleCounts | undefined {
    const rules = taskClass.shape.rules === undefined ? undefined : this.#byClass.get(taskClass)?.rules;
    const { podAffinity, spread } = this.#nodes.minded;
    if (rules === undefined || (podAffinity && spread)) return rules;
    const counted = podAffinity ? rules : { ...rules, affinity: [], antiAffinity: [], held: [] };
    return spread ? counted : { ...counted, spread: [] };
  }

  /** Pods of the class are kept from places by rules of their own that count. */
  binds({ shape: { rules } }: TaskClass): boolean {
    if (rules === undefined) return false;
    const { podAffinity, spread } = this.#nodes.minded;
    return (
      (podAffinity && rules.affinity.length + rules.antiAffinity.length > 0) || (spread && rules.spread.length > 0)
    );
  }

  /** The terms of others that speak against places for these pods, as far as they count. */
  forbidding(pods: LabelledPods): SpeakingTerms {
    return this.#nodes.minded.podAffinity ? pods.forbidding : NOTHING_FORBIDDEN;
  }

  /** Undefined for a class that neither has wishes nor speaks for a place of others. */
  wishesOf(taskClass: TaskClass): WishCounts | undefined {
    return isAlone(taskClass) ? undefined : this.#byClass.get(taskClass)?.wishes;
  }

  /** Whether the selection speaks of these pods. */
  isOf(pods: LabelledPods, selection: PodSelection): boolean {
    return this.#labelled.isOf(pods, selection);
  }

  /** A class is in use from now on. */
  claim(taskClass: TaskClass): void {
    const { shape } = taskClass;
    if (isAlone(taskClass)) return;
    const { affinity = [], antiAffinity = [], spread = [] } = shape.rules ?? {};
    const { terms = [], spread: wished = [] } = shape.wishes ?? {};
    const releases: (() => void)[] = [];
    const keep = <T>({ value, release }: Claim<T>): T => {
      releases.push(release);
      return value;
    };
    const table = this.#table;
    const rules: RuleCounts = {
      affinity: affinity.map((term) => keep(table.claimSelected(affinity, term.topologyKey))),
      antiAffinity: antiAffinity.map((term) => keep(table.claimSelected([term], term.topologyKey))),
      spread: spread.map((rule) => keep(table.claimSpread(rule, spread, shape))),
      held: antiAffinity.map((term) => keep(table.claimHeld(term, 'forbidding'))),
    };
    const required = affinity.map((term) => ({ ...term, weight: REQUIRED_AFFINITY_WEIGHT }));
    const wishes: WishCounts = {
      terms: terms.map((term) => {
        return { domains: keep(table.claimSelected([term], term.topologyKey)), weight: term.weight };
      }),
      spread: wished.map((rule) => keep(table.claimSpread(rule, wished, shape))),
      held: [...terms, ...required].map((term) => {
        return { term: keep(table.claimHeld(term, 'wishing')), weight: term.weight };
      }),
    };
    this.#byClass.set(taskClass, { rules, wishes, releases });
  }

  release(taskClass: TaskClass): void {
    if (isAlone(taskClass)) return;
    for (const release of this.#byClass.get(taskClass)?.releases ?? []) release();
    this.#byClass.delete(taskClass);
  }

  upsertNamespace({ name, labels }: NamespaceRecord): void {
    const before = this.#namespaces.get(name) ?? NO_LABELS;
    this.#namespaces.set(name, labels);
    if (!areSameLabels(before, labels)) this.#forgetSelected();
  }

  /** Undefined when the namespace has no such label, or is not known. */
  namespaceLabel(name: string, key: string): string | undefined {
    return labelValue(this.#namespaces.get(name) ?? NO_LABELS, key);
  }

  removeNamespace(name: string): void {
    const before = this.#namespaces.get(name) ?? NO_LABELS;
    this.#namespaces.delete(name);
    if (before.length > 0) this.#forgetSelected();
  }

  /** No pod is counted for any other. */
  get areNone(): boolean {
    return this.#labelled.isEmpty;
  }

  /** A task comes to a node, or leaves it; its record, class and status are those that it has there. */
  charge(task: CountedTask, node: number, sign: 1 | -1): void {
    if (!this.#labelled.isEmpty) this.#count(task, node, sign, undefined);
  }

  /** The nodes are others: all tasks are charged anew. */
  reset(): void {
    for (const set of this.#table.sets()) set.reset(this.#nodes.count);
  }

  /** The domains of those of the tasks, all of which stand on nodes, that count there. O(tasks x terms that speak of them) */
  domainsOf(tasks: Iterable<Task>, counts: DomainCounts): readonly number[] {
    const domains: number[] = [];
    for (const task of tasks) {
      const domain = counts.topology?.domainOf[task.nodeIx] ?? NOWHERE;
      if (domain !== NOWHERE && this.#countsIn(task, counts)) domains.push(domain);
    }
    return domains;
  }

  #countsIn({ record, class: taskClass }: Task, counts: DomainCounts): boolean {
    if (this.#labelled.of(record).sets.some((set) => set.domains.has(counts))) return true;
    const held = isAlone(taskClass) ? undefined : this.#byClass.get(taskClass)?.rules.held;
    return held?.some((term) => term.domains === counts) === true;
  }

  /** Before each cycle; `kept` are tasks for which room is kept, each with the index of the node. O(tasks) when terms are new, else O(terms). */
  settle(featuresVersion: number, tasks: Iterable<Task>, kept: Iterable<readonly [CountedTask, number]>): void {
    if (this.#labelled.isEmpty) return;
    const unfilled = new Set<PodSet>();
    for (const set of this.#table.sets()) if (!set.isFilled) unfilled.add(set);
    for (const set of unfilled) set.reset(this.#nodes.count);
    for (const task of unfilled.size > 0 ? tasks : []) {
      if (task.nodeIx >= 0 && holdsNode(task.status)) this.#count(task, task.nodeIx, 1, unfilled);
    }
    if (unfilled.size > 0) for (const [task, node] of kept) this.#count(task, node, 1, unfilled);
    this.#table.readDomains(featuresVersion);
  }

  /** In the sets that are named, or in all. */
  #count(task: CountedTask, node: number, sign: 1 | -1, only: ReadonlySet<PodSet> | undefined): void {
    const isLeaving = task.status === TaskStatus.Releasing;
    for (const set of this.#labelled.of(task.record).sets) {
      if (only !== undefined && !only.has(set)) continue;
      if (!isLeaving || !set.skipsLeaving) set.add(node, sign, isLeaving);
    }
    const counts = isAlone(task.class) ? undefined : this.#byClass.get(task.class);
    if (counts === undefined) return;
    for (const { set } of counts.rules.held) if (only === undefined || only.has(set)) set.add(node, sign, isLeaving);
    for (const { term, weight } of counts.wishes.held) {
      if (only === undefined || only.has(term.set)) term.set.add(node, sign * weight, isLeaving);
    }
  }

  #forgetSelected(): void {
    if (this.#labelled.isEmpty) return;
    this.#labelled.forget();
    this.#table.forgetSelected();
  }
}

/** The class asks nothing of its place because of other pods. */
function isAlone({ shape }: TaskClass): boolean {
  return shape.rules === undefined && shape.wishes === undefined;
}
