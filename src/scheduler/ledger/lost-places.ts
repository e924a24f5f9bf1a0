import type { AllocatedDevice } from '../../api/records/device-records.ts';
import type { ClaimLedger } from '../claims/claim-ledger.ts';
import type { CardHolding } from '../devices/leaving-cards.ts';
import type { DeviceLedger } from '../devices/device-ledger.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { KeptRoom, KeptRooms } from './kept-rooms.ts';
import type { Nominations } from './nominations.ts';

/** What is kept beside amounts. */
interface Kept {
  readonly claims: ClaimLedger;
  readonly devices: DeviceLedger;
}

interface LostPlace extends KeptRoom {
  /** Of claims that were made for its pod: the successor has others, which ask for the same. */
  readonly devices: readonly AllocatedDevice[];
  readonly cards: CardHolding;
  /** When a cycle saw it first, milliseconds since 1970; undefined until one did. */
  sinceMs: number | undefined;
}

/** A Job of Kubernetes makes the next pod 10 s after one was lost for the first time. */
const KEPT_MS = 15_000;

/**
 * Places that gangs lost which run and are short of their minimum now, since a pod was deleted or failed: kept for the pod that
 * comes in its stead, or whoever waits would take them, and the gang could neither go on nor start anew (volcano#5805).
 * They become nominations of that pod. Not for long, not where nobody makes further pods, and not against a higher priority.
 */
export class LostPlaces {
  readonly #rooms: KeptRooms;
  readonly #nominations: Nominations;
  readonly #kept: Kept;
  readonly #byJob = new Map<Job, LostPlace[]>();

  constructor(rooms: KeptRooms, nominations: Nominations, kept: Kept) {
    this.#rooms = rooms;
    this.#nominations = nominations;
    this.#kept = kept;
  }

  /** Of the rooms that are kept. */
  *classes(): Iterable<TaskClass> {
    for (const places of this.#byJob.values()) for (const { taskClass } of places) yield taskClass;
  }

  /** The task held its node, counts there no more, and goes for nobody's sake. O(1), O(tasks of the job) if some of it wait. */
  lose(task: Task): void {
    const { job, class: taskClass, nodeIx, record } = task;
    const node = this.#rooms.nameOf(nodeIx);
    if (job === undefined || node === undefined || !isShort(job)) return;
    if (record.owner === undefined && job.record.owner === undefined) return;
    const successor = job.pending() === 0 ? undefined : this.#successor(job, taskClass);
    if (successor !== undefined) {
      this.#nominations.set(successor, nodeIx);
      return;
    }
    const devices = this.#kept.claims.ownDevicesOf(task);
    const cards = this.#kept.devices.holdingOf(task);
    const place: LostPlace = { ...this.#rooms.roomFor(task, node), devices, cards, sinceMs: undefined };
    const places = this.#byJob.get(job);
    if (places === undefined) this.#byJob.set(job, [place]);
    else places.push(place);
    this.#charge(place, 1);
  }

  /** A pod came to the job that waits for a place. When it asks for something else, what was kept is no help to it. */
  follow(task: Task): void {
    const places = this.#byJob.size === 0 || task.job === undefined ? undefined : this.#byJob.get(task.job);
    if (places === undefined || task.job === undefined) return;
    const at = Math.max(
      0,
      places.findIndex(({ taskClass }) => isAlike(taskClass, task.class)),
    );
    const [place] = places.splice(at, 1);
    if (places.length === 0) this.#byJob.delete(task.job);
    if (place === undefined) return;
    this.#charge(place, -1);
    if (isAlike(place.taskClass, task.class)) this.#nominations.set(task, this.#rooms.indexOf(place.node));
  }

  /** Drops those that nobody is to come for any more; O(1) while there are none, else O(waiting jobs + places). */
  settle(nowMs: number, waiting: () => readonly Job[]): void {
    if (this.#byJob.size === 0) return;
    const highest = waiting().reduce((most, { priority }) => Math.max(most, priority), -Infinity);
    for (const [job, places] of this.#byJob) {
      const isOver = !isShort(job) || highest > job.priority;
      this.#keep(job, places, (place) => {
        place.sinceMs ??= nowMs;
        return !isOver && place.queue === job.queue && nowMs - place.sinceMs < KEPT_MS;
      });
    }
  }

  /** The job is gone. */
  drop(job: Job): void {
    const places = this.#byJob.get(job);
    if (places !== undefined) this.#keep(job, places, () => false);
  }

  /** The columns were made anew: charges each again; those on nodes that are gone go. */
  recharge(): void {
    for (const [job, places] of this.#byJob) {
      this.#set(
        job,
        places.filter((place) => this.#recharge(place)),
      );
    }
  }

  /** Who is to come is waited for by the queue: what is kept would else be taken from the others that wait in it. */
  #charge(place: LostPlace, sign: 1 | -1): void {
    this.#rooms.charge(place, sign);
    place.queue?.want(place.taskClass, sign);
    this.#holdCards(place, sign);
    this.#kept.claims.hold(place.devices, sign);
  }

  #recharge(place: LostPlace): boolean {
    const isThere = this.#rooms.recharge(place);
    // What is in use of devices is no column of nodes.
    if (isThere) this.#holdCards(place, 1);
    else {
      place.queue?.want(place.taskClass, -1);
      this.#kept.claims.hold(place.devices, -1);
    }
    return isThere;
  }

  #holdCards({ node, cards }: LostPlace, sign: 1 | -1): void {
    const at = this.#rooms.indexOf(node);
    if (at >= 0 && cards.parts.length > 0) this.#kept.devices.hold(at, cards, sign);
  }

  #successor(job: Job, taskClass: TaskClass): Task | undefined {
    for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
      if (task.status !== TaskStatus.Pending || !isAlike(task.class, taskClass)) continue;
      if (!this.#nominations.has(task)) return task;
    }
    return undefined;
  }

  #keep(job: Job, places: readonly LostPlace[], isKept: (place: LostPlace) => boolean): void {
    const kept = places.filter((place) => {
      if (isKept(place)) return true;
      this.#charge(place, -1);
      return false;
    });
    this.#set(job, kept);
  }

  #set(job: Job, places: LostPlace[]): void {
    if (places.length === 0) this.#byJob.delete(job);
    else this.#byJob.set(job, places);
  }
}

/** A gang that has started and has less than its minimum. */
function isShort(job: Job): boolean {
  if (!job.isActive || !job.isGang || job.record.deleting) return false;
  return job.ready() > 0 && job.ready() < job.minMember;
}

/** The class of one whose last task is gone is made anew. */
function isAlike(a: TaskClass, b: TaskClass): boolean {
  return a === b || a.shape.key === b.shape.key;
}
