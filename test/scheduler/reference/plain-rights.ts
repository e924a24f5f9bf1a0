import type { EvictingAction } from '../../../src/config/policy.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { PlainAdmission } from './plain-admission.ts';
import { hasClaim, reclaimable } from './plain-claims.ts';
import type { Claim, ClaimLevel } from './plain-claims.ts';
import { cutGuarantees, writtenGuarantee } from './plain-filling.ts';
import type { Amounts } from './plain-filling.ts';
import { PLAINLY } from './plain-room.ts';
import type { PlainWorld, Refused, Room } from './plain-world.ts';
import { CLOSE, sum } from './plain-world.ts';

/** A queue's own jobs, or a branch, with what it declares and may have. */
interface Level extends ClaimLevel {
  /** Infinity where only the nodes say so. */
  readonly most: Amounts;
  /** Absent where nothing is said. */
  readonly deserved: Amounts;
  /** The siblings that it leaves their guarantees, what counts as held beside them, and of how much. */
  readonly family: { readonly siblings: readonly Level[]; readonly all: readonly Level[]; readonly room: Amounts };
}

/** What a queue declares, with what follows from those below it. */
interface Declared {
  readonly guarantee: Amounts;
  readonly deserved: Amounts;
}

/** The plugin `capacity`: what queues deserve is declared; with a tree, level by level (0036, docs/concepts/fair-share.md). */
export class PlainRights extends PlainAdmission {
  readonly #isTree: boolean;
  readonly #reach: number;
  readonly #declared = new Map<string, Declared>();
  /** Of the queue with all below it. */
  readonly #ranks = new Map<string, Level>();
  /** Of the own jobs of queues with others below them. */
  readonly #owns = new Map<string, Level>();

  constructor(world: PlainWorld, evicting: readonly EvictingAction[], isTree: boolean, reach: number) {
    super(world, evicting);
    this.#isTree = isTree;
    this.#reach = isTree ? reach : 0;
    const top = this.#below(undefined);
    for (const queue of top) this.#declare(queue);
    this.#cut(undefined);
    for (const queue of top) this.#deserve(queue);
    this.#settle(undefined);
    this.readPromises();
  }

  get #all(): readonly QueueRecord[] {
    return [...this.world.records.queues.values()];
  }

  /** Without a tree all queues stand side by side. */
  #below(parent: QueueRecord | undefined): readonly QueueRecord[] {
    if (!this.#isTree) return parent === undefined ? this.#all : [];
    return this.#all.filter((queue) => this.world.above(queue)[0] === parent);
  }

  #of({ name }: QueueRecord): Declared {
    const declared = this.#declared.get(name);
    if (declared === undefined) throw new Error(`nothing is known of queue ${name}`);
    return declared;
  }

  /** From below: a parent is guaranteed at least what its children are together. */
  #declare(queue: QueueRecord): void {
    const { world } = this;
    const children = this.#below(queue);
    for (const child of children) this.#declare(child);
    const takesNew = queue.state === 'Open' && this.trouble(queue) === undefined;
    const guarantee = new Map(
      world.resources.map((r) => {
        const own = writtenGuarantee(world, queue, r, takesNew);
        const theirs = sum(children, (child) => this.#of(child).guarantee.get(r) ?? 0);
        return [r, Math.min(Math.max(own, theirs), world.capability(queue, r))];
      }),
    );
    this.#declared.set(queue.name, { guarantee, deserved: new Map() });
  }

  /** From above: guarantees that do not fit what is guaranteed to the parent are cut. */
  #cut(parent: QueueRecord | undefined): void {
    const { world } = this;
    const siblings = this.#below(parent);
    for (const r of world.resources) {
      const claims = siblings.map((queue) => ({
        queue,
        wants: this.#of(queue).guarantee.get(r) ?? 0,
        most: world.capability(queue, r),
      }));
      const room = parent === undefined ? world.total(r) : (this.#of(parent).guarantee.get(r) ?? 0);
      const kept = cutGuarantees(claims, room);
      for (const queue of siblings) this.#of(queue).guarantee.set(r, kept.get(queue.name) ?? 0);
    }
    for (const queue of siblings) if (this.#below(queue).length > 0) this.#cut(queue);
  }

  /** From below: a queue deserves at least its guarantee, and what its children deserve together. */
  #deserve(queue: QueueRecord): void {
    const children = this.#below(queue);
    for (const child of children) this.#deserve(child);
    const { guarantee, deserved } = this.#of(queue);
    for (const r of this.world.resources) {
      const theirs = children.flatMap((child) => this.#of(child).deserved.get(r) ?? []);
      const said = [...(theirs.length > 0 ? [sum(theirs, (amount) => amount)] : []), ...listed(queue, r)];
      const kept = guarantee.get(r) ?? 0;
      if (said.length === 0 && kept === 0) continue;
      const within = said.length === 0 ? 0 : Math.min(Math.max(...said), this.world.capability(queue, r));
      deserved.set(r, Math.max(within, kept));
    }
  }

  /** From above: what each may have of what its parent has, beside what is guaranteed to its siblings. */
  #settle(parent: QueueRecord | undefined): void {
    const { world } = this;
    const siblings = this.#below(parent);
    const above = parent === undefined ? undefined : this.#ranks.get(parent.name);
    const base = (r: string): number => above?.most.get(r) ?? Infinity;
    const room = new Map(world.resources.map((r) => [r, Math.min(world.total(r), base(r))]));
    const guaranteed = (r: string, but?: QueueRecord): number =>
      sum(siblings, (queue) => (queue === but ? 0 : (this.#of(queue).guarantee.get(r) ?? 0)));
    const within = (capability: (r: string) => number, but?: QueueRecord): Amounts =>
      new Map(
        world.resources.map((r) => {
          const others = guaranteed(r, but);
          return [r, Math.max(0, Math.min(capability(r), others > 0 ? (room.get(r) ?? 0) - others : base(r)))];
        }),
      );
    const made: Level[] = [];
    const family = { siblings: made, all: above === undefined ? made : [above], room };
    for (const queue of siblings) {
      const { guarantee, deserved } = this.#of(queue);
      const most = within((r) => world.capability(queue, r), queue);
      const level = levelOf(this.#isTree ? world.branch(queue) : [queue], { most, guarantee, deserved, family });
      made.push(level);
      this.#ranks.set(queue.name, level);
    }
    if (parent !== undefined) {
      const rest = this.#restOf(parent);
      const parts = { most: within(base), guarantee: new Map<string, number>(), deserved: rest, family };
      this.#owns.set(parent.name, levelOf([parent], parts));
    }
    for (const queue of siblings) if (this.#below(queue).length > 0) this.#settle(queue);
  }

  /** What the queue deserves beside those below it. */
  #restOf(queue: QueueRecord): Amounts {
    const children = this.#below(queue);
    const rests = [...this.#of(queue).deserved].map(
      ([r, amount]) => [r, amount - sum(children, (child) => this.#of(child).deserved.get(r) ?? 0)] as const,
    );
    return new Map(rests.filter(([, rest]) => rest > CLOSE));
  }

  /** One above it is missing, or stands above itself. */
  override trouble(queue: QueueRecord): Refused | undefined {
    if (!this.#isTree) return undefined;
    const top = this.world.above(queue).at(-1) ?? queue;
    const isFine = top.name === 'root' || top.parent === 'root' || top.parent === '';
    return isFine ? undefined : { code: 'QueueTreeBroken' };
  }

  #rank({ name }: QueueRecord): Level {
    const level = this.#ranks.get(name);
    if (level === undefined) throw new Error(`no place for queue ${name}`);
    return level;
  }

  #own(queue: QueueRecord): Level {
    return this.#owns.get(queue.name) ?? this.#rank(queue);
  }

  /** Its own jobs first, then its branch and those that it is part of. */
  #levels(queue: QueueRecord): readonly Level[] {
    const path = this.#isTree ? [queue, ...this.world.above(queue)] : [queue];
    const own = this.#owns.get(queue.name);
    return [...(own === undefined ? [] : [own]), ...path.map((each) => this.#rank(each))];
  }

  limit(queue: QueueRecord): ReadonlyMap<string, number> {
    const { most } = this.#own(queue);
    const isBroken = this.trouble(queue) !== undefined;
    const limitOf = (r: string): number => (isBroken ? 0 : Math.min(this.world.total(r), most.get(r) ?? Infinity));
    return new Map(this.world.resources.map((r) => [r, limitOf(r)]));
  }

  branchLimit(queue: QueueRecord, r: string): number {
    return this.#isTree ? (this.#rank(queue).most.get(r) ?? Infinity) : this.world.capability(queue, r);
  }

  /** Child before parent, else of those above them that are siblings: the higher priority, the smaller share, who deserves something. */
  compare(a: QueueRecord, b: QueueRecord): number {
    const [first, second] = this.#isTree ? this.#siblings(a, b) : [a, b];
    if (this.#isTree && this.world.above(first)[0] === second) return -1;
    if (this.#isTree && this.world.above(second)[0] === first) return 1;
    const [one, other] = [this.#rank(first), this.#rank(second)];
    const order =
      second.priority - first.priority ||
      this.#share(one) - this.#share(other) ||
      Number(isEntitled(other)) - Number(isEntitled(one));
    return order || (first.name < second.name ? -1 : Number(first !== second));
  }

  /** The two queues on their ways up that stand beside each other; where one stands above the other, that one and its child. */
  #siblings(a: QueueRecord, b: QueueRecord): readonly [QueueRecord, QueueRecord] {
    const [pathA, pathB] = [this.#fromTop(a), this.#fromTop(b)];
    const apart = pathA.findIndex((queue, i) => queue !== pathB[i]);
    // The first stands above the second, or is the same.
    if (apart < 0) return [a, pathB[pathA.length] ?? b];
    const [first, second] = [pathA[apart] ?? a, pathB[apart]];
    return second === undefined ? [first, b] : [first, second];
  }

  #fromTop(queue: QueueRecord): readonly QueueRecord[] {
    return [queue, ...this.world.above(queue)].toReversed();
  }

  /** The best of those at the top, then the best child of it, and its own jobs when no child has any. */
  override next(waiting: readonly QueueRecord[]): QueueRecord | undefined {
    if (!this.#isTree) return super.next(waiting);
    let siblings = this.#below(undefined);
    let best: QueueRecord | undefined;
    for (;;) {
      const withWork = siblings.filter((queue) => this.world.branch(queue).some((each) => waiting.includes(each)));
      const [child] = withWork.toSorted((a, b) => this.compare(a, b));
      if (child === undefined) return best;
      best = child;
      siblings = this.#below(best);
    }
  }

  /** The largest part of what it deserves that it holds; 1 as soon as one that deserves nothing holds something. */
  #share(level: Level): number {
    const parts = this.world.resources.map((r) => {
      const [held, due] = [this.#counted(level, r, PLAINLY), level.deserved.get(r)];
      if (r === 'pods' || held <= 0 || (isEntitled(level) && due === undefined)) return 0;
      return due === undefined || due === 0 ? 1 : held / due;
    });
    return Math.max(0, ...parts);
  }

  #counted({ queues }: Level, r: string, room: Room): number {
    return sum(queues, (queue) => this.world.counted(queue, r, room));
  }

  /** What is deserved is no limit: nothing is too much of it. */
  overused(): Refused | undefined {
    return undefined;
  }

  allocatable(queue: QueueRecord, pod: PodRecord, _: PodGroupRecord, room = PLAINLY): Refused | undefined {
    if (queue.state !== 'Open') return { code: 'QueueNotOpen' };
    const trouble = this.trouble(queue);
    if (trouble !== undefined) return trouble;
    const asked = [...pod.shape.requests].filter(([, amount]) => amount > 0);
    if (asked.some(([r, amount]) => this.isBranchFull(queue, r, amount, room))) return { code: 'QueueLimit' };
    const own = this.#own(queue);
    const isFull = asked.some(
      ([r, amount]) => this.#counted(own, r, room) + amount > (own.most.get(r) ?? Infinity) + CLOSE,
    );
    return isFull || this.#isKeptForOthers(queue, pod, room) ? { code: 'QueueLimit' } : undefined;
  }

  /** Beyond what it deserves a queue leaves what is guaranteed to its siblings, and so do the branches that it is part of. */
  #isKeptForOthers(queue: QueueRecord, pod: PodRecord, room: Room): boolean {
    const levels = this.#levels(queue);
    if (room.isGranted || levels.slice(0, this.#reach + 1).some((level) => hasClaim(this.world, level, pod))) {
      return false;
    }
    return levels.some(({ family, ...level }) =>
      [...pod.shape.requests].some(([r, amount]) => {
        const others = family.siblings.filter(({ queues }) => queues !== level.queues);
        const unmet = sum(others, (other) =>
          Math.max(0, (other.guarantee.get(r) ?? 0) - this.#counted(other, r, room)),
        );
        const held = sum(family.all, (each) => this.#counted(each, r, room));
        return amount > 0 && unmet > CLOSE && held + amount + unmet > (family.room.get(r) ?? 0) + CLOSE;
      }),
    );
  }

  hasClaim(queue: QueueRecord, pod: PodRecord): boolean {
    const levels = this.#levels(queue).slice(0, this.#reach + 1);
    return queue.state === 'Open' && levels.some((level) => hasClaim(this.world, level, pod));
  }

  reclaimable(
    pod: PodRecord,
    queue: QueueRecord,
    candidates: readonly PodRecord[],
    byGang: boolean,
  ): readonly PodRecord[] {
    return reclaimable({ world: this.world, ...this.levels(), pod, queue, byGang }, candidates);
  }

  protected levels(): Pick<Claim, 'levels' | 'reach'> {
    return { levels: new Map(this.#all.map((each) => [each.name, this.#levels(each)])), reach: this.#reach };
  }

  /** Who shares more of the queues above with the one that asks goes first. */
  override compareVictims(a: QueueRecord, b: QueueRecord, asking: QueueRecord): number {
    const path = [asking, ...this.world.above(asking)];
    const shared = (queue: QueueRecord): number =>
      path.filter((each) => each === queue || this.world.above(queue).includes(each)).length;
    return (this.#isTree ? shared(b) - shared(a) : 0) || this.compare(b, a);
  }
}

function listed({ deserved }: QueueRecord, r: string): readonly number[] {
  const amount = deserved?.get(r);
  return amount === undefined ? [] : [amount];
}

/** What is deserved stays within what may be had. */
function levelOf(queues: readonly QueueRecord[], parts: Omit<Level, 'queues' | 'owed'>): Level {
  const { most, deserved } = parts;
  const capped = new Map([...deserved].map(([r, amount]) => [r, Math.min(amount, most.get(r) ?? Infinity)]));
  return { ...parts, queues, deserved: capped, owed: (r) => capped.get(r) };
}

/** Something is declared to be deserved. */
function isEntitled({ deserved }: Level): boolean {
  return [...deserved].some(([r, amount]) => amount > 0 && r !== 'pods');
}
