import { MISSING_GROUP_MS } from '../../../controllers/repair/missing-group.ts';
import { TaskStatus } from '../../../scheduler/model/task-status.ts';
import type { Task } from '../../../scheduler/model/task.ts';
import type { RefusalDecision } from '../../../scheduler/session/decision.ts';
import type { Clock } from '../../ports.ts';

/** How often one looks for them, while there are any. */
const LOOK_MS = 5000;

export interface MissingGroupsOptions {
  readonly clock: Clock;
  /** Tasks of groups that nobody made, by the group's key. */
  readonly missing: () => Iterable<[string, ReadonlySet<Task>]>;
  readonly want: (refusal: RefusalDecision) => void;
  /** What was told of a group holds no more. */
  readonly settled: (group: string) => void;
}

/** Pods that name a group which nobody made are in no cycle, so that no decision tells them why they wait. */
export class MissingGroups {
  readonly #options: MissingGroupsOptions;
  #told: ReadonlySet<string> = new Set();
  #cancel: (() => void) | undefined;

  constructor(options: MissingGroupsOptions) {
    this.#options = options;
  }

  /** After a cycle. O(1) */
  lookLater(): void {
    const isNobody = this.#told.size === 0 && this.#options.missing()[Symbol.iterator]().next().done === true;
    if (this.#cancel === undefined && !isNobody) this.#cancel = this.#options.clock.after(LOOK_MS, this.#look);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#told = new Set();
  }

  readonly #look = (): void => {
    const { clock, missing, want, settled } = this.#options;
    this.#cancel = undefined;
    const told = new Set<string>();
    for (const [group, tasks] of missing()) {
      const waiting = [...tasks].filter(({ status }) => status === TaskStatus.Pending);
      const bornMs = waiting.reduce((least, { record }) => Math.min(least, record.createdMs), Infinity);
      if (clock.nowMs() - bornMs < MISSING_GROUP_MS || waiting.length === 0) continue;
      told.add(group);
      want(refusal(group, waiting));
    }
    for (const group of this.#told) if (!told.has(group)) settled(group);
    this.#told = told;
    this.lookLater();
  };
}

function refusal(group: string, waiting: readonly Task[]): RefusalDecision {
  const message = `PodGroup ${group} does not exist: the pods that name it wait until it is made.`;
  const uids = waiting.map(({ uid }) => uid);
  return { kind: 'refusal', group, uids, code: 'GroupNotFound', message, nodesHelp: false };
}
