import { BIND_PLAN_ANNOTATION, GROUP_NAME_ANNOTATION } from '../../../../src/api/keys.ts';
import { NODES, POD_GROUPS, PODS, QUEUES, RESOURCE_CLAIMS } from '../../../../src/api/resources.ts';
import { numberAt, objectAt, stringAt } from '../../../../src/lib/json.ts';
import type { HistoryEvent } from '../history.ts';
import { Account } from './account.ts';
import { podAmounts, readAmounts } from './amounts.ts';
import type { Amounts } from './amounts.ts';
import { ClassUse, claimsOf } from './class-use.ts';
import { plannedNode } from './gang-life.ts';
import type { GangLife, GangState, KnownGroup, PartialLife } from './gang-life.ts';

/** Numbers that a run is described by. */
export interface Figures {
  gangs: number;
  pods: number;
  bindings: number;
  /** Bindings of members below the gang's minimum: each has to stand in the plan. */
  planned: number;
  /** Gangs of two and more that became whole. */
  wholeGangs: number;
  /** From the first binding of a gang to the one that made it whole. */
  longestToWholeMs: number;
  /** Bindings of members beyond the minimum that met a gang whose other members had just been deleted. */
  overtaken: number;
  /** Gangs that were withdrawn while only a part of them was bound. */
  withdrawnPartly: number;
  /** Gangs that lost so many members that the others left as well. */
  brokenGangs: number;
  /** The most pods that held a node at the same time. */
  mostPodsAtOnce: number;
}

/** What the history proves, and what it disproves. */
export interface Judgement {
  readonly violations: readonly string[];
  readonly figures: Figures;
}

interface KnownPod {
  readonly key: string;
  readonly group: string;
  readonly node: string;
  /** Holds its node: bound, and neither ended nor gone. */
  readonly isHolding: boolean;
  /** Came to a good end before anybody told it to go: nobody makes it again, and it counts for its gang for good. */
  readonly hasSucceeded: boolean;
  /** Counts for its gang: bound, and neither failed nor told to go. */
  readonly isPlaced: boolean;
  readonly amounts: Amounts;
  readonly claims: readonly string[];
}

/**
 * Replays a history and judges it by three rules, knowing nothing of how Sluice decides:
 * 1. At no point does a node hold more than it has, or a queue with all that is below it more than its capability, in any
 *    resource and of any DeviceClass.
 * 2. A gang is never left partly bound: from its first binding it takes at most `patienceMs` until minMember members are
 *    bound, unless the gang is deleted meanwhile, and then its pods are gone within that time. One that loses members, so
 *    that fewer are left, is whole again or gone within that time.
 * 3. A member that is bound while the gang is below its minimum stands in the bind plan that the PodGroup carries at that
 *    very revision, on that very node: what a crash leaves half done is known beforehand. A binding on its way to a whole
 *    gang can be overtaken by the deletion of that gang, which nobody can prevent.
 */
export function judge(events: readonly HistoryEvent[], patienceMs: number): Judgement {
  const replay = new Replay(patienceMs);
  for (const event of events.toSorted((a, b) => a.revision - b.revision)) replay.take(event);
  return replay.end();
}

/** A binding that is on its way for longer was decided after the deletion. */
const ON_ITS_WAY_MS = 1000;

class Replay {
  readonly #patienceMs: number;
  readonly #violations: string[] = [];
  readonly #nodes = new Account();
  readonly #queues = new Account();
  readonly #classes = new ClassUse();
  readonly #parents = new Map<string, string>();
  readonly #pods = new Map<string, KnownPod>();
  readonly #groups = new Map<string, KnownGroup>();
  readonly #lives = new Map<string, GangLife>();
  /** When the last member of a gang left that had been whole. */
  readonly #leftMs = new Map<string, number>();
  readonly #partial: PartialLife[] = [];
  #holding = 0;
  #lastMs = 0;
  readonly #figures: Figures = {
    gangs: 0,
    pods: 0,
    bindings: 0,
    planned: 0,
    wholeGangs: 0,
    longestToWholeMs: 0,
    overtaken: 0,
    withdrawnPartly: 0,
    brokenGangs: 0,
    mostPodsAtOnce: 0,
  };

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  take(event: HistoryEvent): void {
    this.#lastMs = Math.max(this.#lastMs, event.atMs);
    if (event.kind === PODS.plural) this.#takePod(event);
    else if (event.kind === POD_GROUPS.plural) this.#takeGroup(event);
    else if (event.kind === NODES.plural) this.#takeNode(event);
    else if (event.kind === RESOURCE_CLAIMS.plural) this.#classes.take(event);
    else if (event.kind === QUEUES.plural) {
      this.#queues.setLimits(event.key, readAmounts(objectAt(event.object, 'spec', 'capability')));
      this.#parents.set(event.key, stringAt(event.object, ['spec', 'parent']));
    }
  }

  end(): Judgement {
    for (const [group, life] of this.#lives) this.#endLife(group, life, this.#lastMs);
    for (const { group, lastedMs, isBroken } of this.#partial) {
      if (isBroken) {
        if (lastedMs > this.#patienceMs)
          this.#violations.push(`${group} lost members, and the others stayed for ${seconds(lastedMs)}`);
        else this.#figures.brokenGangs += 1;
      } else if (!this.#isWithdrawn(group))
        this.#violations.push(`${group} was given up partly bound after ${seconds(lastedMs)}`);
      else if (lastedMs > this.#patienceMs)
        this.#violations.push(`${group} was withdrawn and still held pods after ${seconds(lastedMs)}`);
      else this.#figures.withdrawnPartly += 1;
    }
    return { violations: this.#violations, figures: this.#figures };
  }

  /** Whoever made the gang took it away: in the end its PodGroup is gone, or not one pod of it is left. */
  #isWithdrawn(group: string): boolean {
    return this.#groups.get(group)?.isDeleted === true || ![...this.#pods.values()].some((pod) => pod.group === group);
  }

  #takeNode({ key, object, type }: HistoryEvent): void {
    this.#nodes.setLimits(key, type === 'DELETED' ? new Map() : readAmounts(objectAt(object, 'status', 'allocatable')));
    this.#violations.push(...this.#nodes.excess(key, true));
  }

  #takeGroup({ key, object, type, atMs }: HistoryEvent): void {
    if (type === 'ADDED') this.#figures.gangs += 1;
    const known = this.#groups.get(key);
    const queue = stringAt(object, ['spec', 'queue'], 'default');
    // Pods that outlive their group, on their way out, are no queue's any more.
    const before = known?.isDeleted === false ? known.queue : undefined;
    const after = type === 'DELETED' ? undefined : queue;
    if (before !== after) {
      this.#chargeQueue(key, before, -1n);
      this.#chargeQueue(key, after, 1n);
    }
    this.#groups.set(key, {
      minMember: numberAt(object, ['spec', 'minMember'], 0),
      queue,
      bindPlan: stringAt(object, ['metadata', 'annotations', BIND_PLAN_ANNOTATION]),
      isDeleted: type === 'DELETED',
    });
    this.#lookWhetherWhole(key, atMs);
    this.#lookWhetherLeft(key, atMs);
  }

  #lookWhetherWhole(group: string, atMs: number): void {
    const life = this.#lives.get(group);
    const minMember = this.#groups.get(group)?.minMember ?? 0;
    if (life === undefined || life.state === 'whole' || life.state === 'over') return;
    if (life.placed >= minMember) this.#becomeWhole(group, life, atMs, minMember);
  }

  #chargeQueue(group: string, queue: string | undefined, sign: 1n | -1n): void {
    if (queue === undefined) return;
    for (const pod of this.#pods.values())
      if (pod.group === group && pod.isHolding) this.#move(queue, pod.amounts, sign);
  }

  #takePod(event: HistoryEvent): void {
    const uid = stringAt(event.object, ['metadata', 'uid']);
    const old = this.#pods.get(uid);
    const next = event.type === 'DELETED' ? undefined : knownPod(event, old?.hasSucceeded === true);
    if (old === undefined) this.#figures.pods += 1;
    if (old?.isHolding === true) this.#hold(old, -1n);
    if (next?.isHolding === true) this.#hold(next, 1n);
    if (next === undefined) this.#pods.delete(uid);
    else this.#pods.set(uid, next);
    this.#follow(event, uid, old, next);
  }

  /** What it means for the pod's gang. */
  #follow(event: HistoryEvent, uid: string, old: KnownPod | undefined, next: KnownPod | undefined): void {
    if (next?.isPlaced === true && old?.isPlaced !== true) this.#place(event, uid, next);
    if (next?.isPlaced !== true && old?.isPlaced === true && !old.hasSucceeded) this.#unplace(event, old);
    if (old !== undefined) this.#lookWhetherLeft(old.group, event.atMs);
  }

  /** What will never be whole is over once nothing of it holds a node, though members that came to a good end count. */
  #lookWhetherLeft(group: string, atMs: number): void {
    const life = this.#lives.get(group);
    if (life === undefined || life.running > 0) return;
    const isWithdrawn = life.state === 'coming' && this.#groups.get(group)?.isDeleted === true;
    if (isWithdrawn || life.state === 'broken') this.#leave(group, life, atMs);
  }

  #hold(pod: KnownPod, sign: 1n | -1n): void {
    const group = this.#groups.get(pod.group);
    const queue = group?.isDeleted === false ? group.queue : undefined;
    this.#holding += Number(sign);
    const life = this.#lives.get(pod.group);
    if (life !== undefined && pod.isPlaced) life.running += Number(sign);
    this.#figures.mostPodsAtOnce = Math.max(this.#figures.mostPodsAtOnce, this.#holding);
    this.#nodes.move(pod.node, pod.amounts, sign);
    if (queue !== undefined) this.#move(queue, pod.amounts, sign);
    if (sign < 0n) return;
    const excess = [
      ...this.#nodes.excess(pod.node, true),
      ...this.#withAncestors(queue).flatMap((each) => this.#queueExcess(each, pod)),
    ];
    this.#violations.push(...excess.map((what) => `${pod.key}: ${what}`));
  }

  #queueExcess(queue: string, more: KnownPod): readonly string[] {
    const claims = (): ReadonlySet<string> => {
      const holding = [more, ...this.#pods.values()].filter(
        ({ isHolding, group }) => isHolding && this.#withAncestors(this.#groups.get(group)?.queue).includes(queue),
      );
      return new Set(holding.flatMap((pod) => pod.claims));
    };
    return [...this.#queues.excess(queue, false), ...this.#classes.excess(queue, this.#queues.limitsOf(queue), claims)];
  }

  #move(queue: string, amounts: Amounts, sign: 1n | -1n): void {
    for (const each of this.#withAncestors(queue)) this.#queues.move(each, amounts, sign);
  }

  /** The queue and all that it is below. */
  #withAncestors(queue = ''): readonly string[] {
    return queue === '' ? [] : [queue, ...this.#withAncestors(this.#parents.get(queue))];
  }

  #place({ atMs }: HistoryEvent, uid: string, pod: KnownPod): void {
    this.#figures.bindings += 1;
    const group = this.#groups.get(pod.group);
    if (group === undefined) {
      this.#violations.push(`${pod.key} was bound without a PodGroup`);
      return;
    }
    let life = this.#lives.get(pod.group);
    if (life === undefined) {
      life = { state: 'coming', sinceMs: atMs, placed: 0, running: pod.isHolding ? 1 : 0 };
      this.#lives.set(pod.group, life);
    }
    if (life.state !== 'whole' && group.minMember > 1) this.#expectPlanned(group, uid, pod, atMs);
    if (life.state === 'over') enter(life, 'coming', atMs);
    life.placed += 1;
    this.#lookWhetherWhole(pod.group, atMs);
  }

  #expectPlanned(group: KnownGroup, uid: string, pod: KnownPod, atMs: number): void {
    this.#figures.planned += 1;
    const node = plannedNode(group, uid);
    if (node === pod.node) return;
    if (node === undefined && atMs - (this.#leftMs.get(pod.group) ?? -Infinity) <= ON_ITS_WAY_MS) {
      this.#figures.overtaken += 1;
      return;
    }
    const plan = node === undefined ? 'its PodGroup carried no plan that names it' : `the plan has it on ${node}`;
    this.#violations.push(`${pod.key} was bound to ${pod.node} below the gang's minimum, but ${plan}`);
  }

  #becomeWhole(group: string, life: GangLife, atMs: number, minMember: number): void {
    const tookMs = atMs - life.sinceMs;
    enter(life, 'whole', atMs);
    if (minMember > 1) this.#figures.wholeGangs += 1;
    this.#figures.longestToWholeMs = Math.max(this.#figures.longestToWholeMs, tookMs);
    if (tookMs > this.#patienceMs) this.#violations.push(`${group} was partly bound for ${seconds(tookMs)}`);
  }

  #unplace({ atMs }: HistoryEvent, pod: KnownPod): void {
    const life = this.#lives.get(pod.group);
    if (life === undefined) return;
    life.placed -= 1;
    const minMember = this.#groups.get(pod.group)?.minMember ?? 0;
    if (life.state === 'whole' && life.placed < minMember) enter(life, 'broken', atMs);
    if (life.placed > 0) return;
    this.#lives.delete(pod.group);
    this.#leave(pod.group, life, atMs);
  }

  /** None of its members holds a node any more; those that have come to their end may still be there. */
  #leave(group: string, life: GangLife, atMs: number): void {
    this.#endLife(group, life, atMs);
    enter(life, 'over', atMs);
  }

  #endLife(group: string, { state, sinceMs }: GangLife, atMs: number): void {
    if (state === 'whole' || state === 'broken') this.#leftMs.set(group, atMs);
    if (state === 'coming' || state === 'broken')
      this.#partial.push({ group, lastedMs: atMs - sinceMs, isBroken: state === 'broken' });
  }
}

function enter(life: GangLife, state: GangState, atMs: number): void {
  life.state = state;
  life.sinceMs = atMs;
}

function knownPod({ key, object }: HistoryEvent, hadSucceeded: boolean): KnownPod {
  const node = stringAt(object, ['spec', 'nodeName']);
  const phase = stringAt(object, ['status', 'phase']);
  const group = stringAt(object, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]);
  const isLeaving = stringAt(object, ['metadata', 'deletionTimestamp']) !== '';
  // One that is told to go while it runs may end well, and is made again all the same.
  const hasSucceeded = hadSucceeded || (phase === 'Succeeded' && !isLeaving);
  return {
    key,
    group: `${stringAt(object, ['metadata', 'namespace'])}/${group}`,
    node,
    isHolding: node !== '' && phase !== 'Succeeded' && phase !== 'Failed',
    hasSucceeded,
    isPlaced: node !== '' && (hasSucceeded || (phase !== 'Failed' && !isLeaving)),
    amounts: podAmounts(object),
    claims: claimsOf(object),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
