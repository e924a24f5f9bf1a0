import type { PodClaim } from '../../api/records/pod-claim.ts';
import type { Task } from '../model/task.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { NodeTable } from '../placement/node-table.ts';
import { claimState } from './claim-state.ts';
import { ClaimUsers } from './claim-users.ts';
import { StorageFacts } from './storage-facts.ts';
import type { VolumeChoice } from './volume-choice.ts';
import { VolumePicks } from './volume-picks.ts';
import { VolumeReach } from './volume-reach.ts';

/** A node was chosen for the task, and with it what becomes of its unbound claims. */
interface Placed {
  readonly node: string;
  readonly choices: readonly VolumeChoice[];
}

const NO_CHOICES: readonly VolumeChoice[] = [];

/**
 * Which pod uses which claim where, and what was chosen for claims that are not bound yet: a volume is promised once, from
 * the moment its pod is placed until the pod is seen on its node or its place is given back. Pods without claims cost
 * one comparison.
 */
export class VolumeLedger {
  readonly facts = new StorageFacts();
  readonly users = new ClaimUsers(this.facts);
  /** Pods that use claims, placed or not. */
  claimers = 0;
  /** Claims decide where pods go (`predicate.VolumeBindingEnable`): else nothing is promised to them. */
  isBinding = true;
  readonly reach: VolumeReach;
  readonly picks: VolumePicks;
  readonly #nodes: NodeTable;
  readonly #placed = new Map<Task, Placed>();

  constructor(nodes: NodeTable, index: NodeIndex, featuresVersion: () => number) {
    this.#nodes = nodes;
    this.reach = new VolumeReach(this.facts, index, featuresVersion);
    this.picks = new VolumePicks(this.facts, this.reach);
  }

  /** Grows whenever nodes that did not change may be open or closed to a pod with claims. */
  get version(): number {
    return this.facts.version + this.picks.version + this.users.version;
  }

  /** A task comes to a node, or leaves it. */
  charge(task: Task, node: number, sign: 1 | -1): void {
    const { claims } = task.record;
    if (claims.length > 0) this.users.charge(claims, task, node, sign);
  }

  /** Promises the task what its claims need on the node; false when they cannot have it there. */
  choose(task: Task, node: number): boolean {
    const { claims } = task.record;
    if (claims.length === 0 || !this.isBinding) return true;
    const name = this.#nodes.records[node]?.name ?? '';
    const choices = this.#choicesAt(claims, node, name);
    if (choices === undefined) return false;
    if (choices.length === 0) return true;
    this.picks.take(choices, name);
    this.#placed.set(task, { node: name, choices });
    return true;
  }

  /** The task's place was given back, or its claims are bound by now: nothing is promised to it any more. */
  drop(task: Task): void {
    if (this.#placed.size === 0) return;
    const placed = this.#placed.get(task);
    if (placed === undefined) return;
    this.picks.giveBack(placed.choices);
    this.#placed.delete(task);
  }

  choicesOf(task: Task): readonly VolumeChoice[] {
    return this.#placed.size === 0 ? NO_CHOICES : (this.#placed.get(task)?.choices ?? NO_CHOICES);
  }

  /** What has to happen to one of the claims before any node will do. */
  problemOf(claims: readonly PodClaim[]): string | undefined {
    for (const claim of claims) {
      const state = claimState(this.facts, claim);
      if (state.kind === 'blocked') return state.problem;
    }
    return undefined;
  }

  /** Whether the node of that index reaches the volume that the claim is bound to. */
  reaches(claim: string, node: number): boolean {
    const volume = this.facts.volumes.get(this.facts.claims.get(claim)?.volumeName ?? '');
    return volume !== undefined && this.reach.of(volume).has(node);
  }

  /** The nodes are others: tasks are charged anew. */
  reset(): void {
    this.users.reset();
  }

  /** Undefined when a claim can have nothing there; claims that are bound need no choice. */
  #choicesAt(claims: readonly PodClaim[], node: number, name: string): readonly VolumeChoice[] | undefined {
    const states = claims.map((claim) => claimState(this.facts, claim));
    if (states.some(({ kind }) => kind === 'blocked')) return undefined;
    const waiting = states.filter((state) => state.kind === 'waiting');
    return waiting.length === 0 ? NO_CHOICES : this.picks.at(waiting, node, name);
  }
}
