import type { KnownGeometries } from '../../api/cards/mig-geometries.ts';
import type { CardChoice } from '../../api/records/card-records.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import { isSame } from '../../lib/same.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import { addToLedger } from '../model/queue.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { sameAmounts, sameFeatures, sameImages } from '../placement/node-features.ts';
import { MindedRules } from '../placement/minded-rules.ts';
import { NodeIndex } from '../placement/node-index.ts';
import { NodeTable } from '../placement/node-table.ts';
import { Recency } from '../placement/recency.ts';
import { NodeTasks } from './node-tasks.ts';
import { OpenPlacements } from './open-placements.ts';
import { isMember } from './orphans.ts';
import { ClaimLedger } from '../claims/claim-ledger.ts';
import { isCut } from '../devices/cut-cards.ts';
import { DeviceLedger } from '../devices/device-ledger.ts';
import { NumaLedger } from '../numa/numa-ledger.ts';
import { VolumeLedger } from '../volumes/volume-ledger.ts';
import { PodRuleLedger } from './pod-rule-ledger.ts';

const NOTHING: ResourceAmounts = new Map();

/**
 * The nodes, what they are and what their tasks hold of them. A change of the set of nodes sorts them anew, in `reset`;
 * until then indices stand for the old set, and no new ones are given out.
 */
export class NodeLedger {
  readonly table: NodeTable;
  readonly minded = new MindedRules();
  readonly index = new NodeIndex(this.minded);
  readonly recency = new Recency();
  /** Tasks that hold room by the index of their node; those that a statement placed enter when it commits. */
  readonly open = new OpenPlacements();
  readonly tasks = new NodeTasks();
  readonly podRules: PodRuleLedger;
  readonly volumes: VolumeLedger;
  readonly devices: DeviceLedger;
  readonly numa: NumaLedger;
  readonly claims: ClaimLedger;
  /** Number of tasks in status Releasing by the index of their node; only nodes that have any. */
  readonly releasing = new Map<number, number>();
  /** Held by members of groups on nodes that are not there. */
  readonly astray: number[] = [];
  /** Grows whenever labels, taints or the set of nodes changed: features are read anew. */
  featuresVersion = 0;
  /** Grows whenever nodes came or went: indices mean other nodes now. */
  nodesVersion = 0;
  /** Grows whenever a node holds other images, and with `nodesVersion`. */
  imagesVersion = 0;
  /** Grows whenever a node offers other amounts, and with `nodesVersion`. */
  allocatableVersion = 0;
  readonly #records = new Map<string, NodeRecord>();
  /** By node: what classes serve of what pods ask for. */
  readonly #served = new Map<string, ResourceAmounts>();
  #servedAt = '';
  #isOtherSet = false;

  constructor(resources: ResourceTable) {
    this.table = new NodeTable(resources, this.minded);
    this.podRules = new PodRuleLedger(this.table, this.index);
    this.volumes = new VolumeLedger(this.table, this.index, () => this.featuresVersion);
    this.devices = new DeviceLedger(this.table);
    this.numa = new NumaLedger({
      nodes: this.table,
      tasks: this.tasks,
      touch: (node) => this.recency.touch(node),
    });
    this.claims = new ClaimLedger(
      this.table,
      this.index,
      resources,
      () => this.featuresVersion,
      (node, resource) => this.#isPublished(node, resource),
    );
  }

  /** The set of nodes changed: nothing is decided before `reset`. */
  get isOtherSet(): boolean {
    return this.#isOtherSet;
  }

  upsert(record: NodeRecord): void {
    const old = this.#records.get(record.name);
    this.#records.set(record.name, record);
    const index = this.indexOf(record.name);
    const offering = this.#offering(record);
    if (old === undefined || index < 0 || !this.table.knowsAllOf(offering)) {
      this.#isOtherSet = true;
      return;
    }
    if (!sameFeatures(old, record)) {
      this.index.update(index, old, record);
      this.featuresVersion += 1;
    }
    if (!sameImages(old.images, record.images)) this.imagesVersion += 1;
    const hasSameAmounts = sameAmounts(this.table.records[index]?.allocatable ?? NOTHING, offering.allocatable);
    this.table.update(index, offering);
    if (!isSame(old.cards, record.cards)) this.#changeCards(index);
    if (hasSameAmounts) return;
    this.allocatableVersion += 1;
    this.recency.touch(index);
  }

  remove(name: string): void {
    this.#served.delete(name);
    if (this.#records.delete(name)) this.#isOtherSet = true;
  }

  has(name: string): boolean {
    return this.#records.has(name);
  }

  /** -1 for no node, one that is not known, and while the set is another one. */
  indexOf(name: string): number {
    return name === '' || this.#isOtherSet ? -1 : this.table.indexOf(name);
  }

  /** A task that holds its node enters its ledgers, or leaves them. */
  charge(task: Task, sign: 1 | -1): void {
    const { class: taskClass, nodeIx } = task;
    this.table.charge(nodeIx, taskClass, sign);
    if (sign === 1) this.tasks.add(nodeIx, task);
    else this.tasks.remove(nodeIx, task);
    if (task.status === TaskStatus.Releasing) this.#chargeReleasing(nodeIx, taskClass, sign);
    this.podRules.charge(task, nodeIx, sign);
    this.volumes.charge(task, nodeIx, sign);
    if (this.devices.isUsed) this.devices.charge(task, nodeIx, sign);
    if (this.numa.isUsed) this.numa.charge(task, nodeIx, sign);
    if (this.claims.isUsed) this.claims.charge(task, sign);
    this.#touch(nodeIx, taskClass, sign);
  }

  /** A task that is a member of a group holds a node that is not there, or does so no more. */
  chargeAstray({ resources, amounts }: TaskClass, sign: 1 | -1): void {
    addToLedger(this.astray, resources, amounts, sign);
  }

  /**
   * The task, which stands on its node, is to be on its way out, or is and is to stay; it goes on to hold what it holds. False, and nothing, where
   * more is kept of it than amounts: it has to be charged anew.
   */
  turn(task: Task, status: TaskStatus): boolean {
    const { class: taskClass, nodeIx, record } = task;
    const isPlain = this.countsOnlyAmounts && this.podRules.areNone && record.claims.length === 0;
    if (nodeIx < 0 || !isPlain) return false;
    this.#chargeReleasing(nodeIx, taskClass, status === TaskStatus.Releasing ? 1 : -1);
    this.recency.touch(nodeIx);
    return true;
  }

  /** Room for a task is taken by a statement, or given back: what is free now, or what is being freed. */
  place(task: Task, node: number, status: 1 | 2, sign: 1 | -1): void {
    const { class: taskClass } = task;
    this.podRules.charge(task, node, sign);
    if (sign === -1) this.volumes.drop(task);
    if (task.record.claims.length > 0) {
      if (sign === 1) this.volumes.choose(task, node);
      this.volumes.charge(task, node, sign);
    }
    if (this.devices.isUsed) this.devices.place(task, node, sign, status);
    if (this.numa.isUsed) this.numa.place(task, node, sign, status);
    if (this.claims.isUsed) this.claims.place(task, node, sign, status);
    if (this.open.isUsed) this.open.place(task, node, sign);
    if (status === TaskStatus.Allocated) this.table.charge(node, taskClass, sign);
    else this.table.chargePipelined(node, taskClass, sign);
    this.#touch(node, taskClass, sign);
  }

  /** Tasks take nothing of nodes that has to be chosen for each of them: amounts are all that is kept. */
  get countsOnlyAmounts(): boolean {
    const { claims, devices, numa, open } = this;
    return !(claims.isUsed || claims.holdings.isUsed || devices.isUsed || numa.isUsed || open.isUsed);
  }

  /** So many tasks of the class, which has no ports, take amounts that are free now; see `countsOnlyAmounts`. */
  placeAlike(taskClass: TaskClass, node: number, tasks: number): void {
    this.table.charge(node, taskClass, tasks);
    this.recency.touch(node);
  }

  /** Promises the task all that it needs of the node beside amounts; false, and nothing, where it cannot have all. */
  promise(task: Task, node: number, cards?: CardChoice): boolean {
    const hasVolumesAndCards = this.volumes.choose(task, node) && this.devices.choose(task, node, cards);
    if (!hasVolumesAndCards || !this.claims.choose(task, node)) {
      this.takeBack(task);
      return false;
    }
    this.numa.choose(task, node);
    return true;
  }

  /** The task is seen on its node: what it was promised is what it has. */
  confirm(task: Task): void {
    this.volumes.drop(task);
    this.devices.confirm(task);
    this.claims.confirm(task);
  }

  /** Nothing is promised to the task any more. */
  takeBack(task: Task): void {
    this.volumes.drop(task);
    this.devices.drop(task);
    this.numa.drop(task);
    this.claims.drop(task);
  }

  /** How cards are cut is known otherwise from now on. */
  learnGeometries(known: KnownGeometries): void {
    this.devices.learn(known);
    for (const [node, { cards }] of this.table.records.entries()) {
      if (cards !== undefined && isCut(cards)) this.#changeCards(node);
    }
  }

  /** Sorts the nodes anew and charges them for the tasks that hold them; whoever keeps an index has to look again. */
  reset(tasks: Iterable<Task>): void {
    this.#isOtherSet = false;
    this.table.reset(this.#records.values().map((record) => this.#offering(record)));
    this.recency.reset(this.table.count);
    this.nodesVersion += 1;
    this.imagesVersion += 1;
    this.allocatableVersion += 1;
    this.featuresVersion += 1;
    this.index.reset(this.table.records);
    this.releasing.clear();
    this.astray.length = 0;
    this.tasks.reset(this.table.count);
    this.podRules.reset();
    this.volumes.reset();
    this.devices.reset();
    this.numa.reset();
    for (const task of tasks) {
      task.nextOnNode = undefined;
      task.previousOnNode = undefined;
      task.nodeIx = this.indexOf(task.nodeName);
      if (!holdsNode(task.status)) continue;
      if (task.nodeIx >= 0) this.charge(task, 1);
      else if (isMember(task.record)) this.chargeAstray(task.class, 1);
    }
  }

  /**
   * Nodes offer what classes serve of what pods ask for, where they do not publish it themselves. Between cycles, when devices, classes or what
   * pods ask for changed: O(nodes x devices); else O(1).
   */
  serve(): void {
    const { facts, served, isOn } = this.claims;
    const isUsed = isOn && served.isUsed;
    if (!isUsed && this.#served.size === 0) return;
    if (isUsed) this.claims.isUsed = true;
    const stamp = `${facts.version} ${this.featuresVersion} ${served.asks} ${isUsed}`;
    if (stamp === this.#servedAt) return;
    this.#servedAt = stamp;
    for (let node = 0; node < this.table.count; node += 1) this.#serveAt(node, isUsed);
  }

  #serveAt(node: number, isUsed: boolean): void {
    const { name } = this.table.records[node] as NodeRecord;
    const known = this.#served.get(name) ?? NOTHING;
    const amounts = isUsed ? this.claims.served.amountsAt(node, known) : NOTHING;
    if (sameAmounts(known, amounts)) return;
    if (amounts.size > 0) this.#served.set(name, amounts);
    else this.#served.delete(name);
    const record = this.#records.get(name);
    if (record !== undefined) this.upsert(record);
  }

  /** The node with what classes serve on it. */
  #offering(record: NodeRecord): NodeRecord {
    const served = this.#served.get(record.name);
    if (served === undefined) return record;
    const allocatable = new Map(record.allocatable);
    for (const [name, amount] of served) if ((allocatable.get(name) ?? 0) === 0) allocatable.set(name, amount);
    return { ...record, allocatable };
  }

  #isPublished(node: number, resource: string): boolean {
    const record = this.#records.get(this.table.records[node]?.name ?? '');
    return (record?.allocatable.get(resource) ?? 0) > 0;
  }

  #changeCards(node: number): void {
    this.devices.changed(node);
    this.recency.touch(node);
  }

  #chargeReleasing(node: number, taskClass: TaskClass, sign: 1 | -1): void {
    this.table.chargeReleasing(node, taskClass, sign);
    const tasks = (this.releasing.get(node) ?? 0) + sign;
    if (tasks === 0) this.releasing.delete(node);
    else this.releasing.set(node, tasks);
  }

  #touch(node: number, { shape }: TaskClass, sign: 1 | -1): void {
    if (shape.hostPorts.length > 0) this.index.claimPorts(node, shape.hostPorts, sign === 1);
    this.recency.touch(node);
  }
}
