import { optionalAmounts } from '../../api/amounts.ts';
import { FREE_ROOM_ANNOTATION } from '../../api/keys.ts';
import { LEASES } from '../../api/resources.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import { stringAt } from '../../lib/json.ts';
import type { Clock, ClusterWriter } from '../ports.ts';
import { readLease } from './lease-record.ts';

/** As often as a leader renews. */
const LOOK_EVERY_MS = 2000;

/** Where the Lease is. */
interface LeaseLook {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
}

/** What nodes have left, as the leader tells on its Lease: for processes that answer reviews and do not lead. */
export class LeadersRoom {
  readonly #options: LeaseLook;
  #version = '';
  /** Until when it may be believed; the leader's last word is as old as its renewal. */
  #untilMs = -Infinity;
  #free: ResourceAmounts | undefined;
  #isFollowing = false;
  #cancel = (): void => undefined;

  constructor(options: LeaseLook) {
    this.#options = options;
  }

  /** Undefined while nobody leads, was seen to renew, or says it. */
  free(): ResourceAmounts | undefined {
    return this.#options.clock.monotonicMs() < this.#untilMs ? this.#free : undefined;
  }

  /** Looks again and again, but not while this process knows it better. */
  follow(knowsBetter: () => boolean): void {
    this.#isFollowing = true;
    const look = knowsBetter() ? Promise.resolve() : this.#look();
    void look.then(() => {
      if (this.#isFollowing) this.#cancel = this.#options.clock.after(LOOK_EVERY_MS, () => this.follow(knowsBetter));
    });
  }

  stop(): void {
    this.#isFollowing = false;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { writer, clock, namespace, name } = this.#options;
    const place = { type: LEASES, namespace, name, subresource: '' } as const;
    const outcome = await writer.write({ ...place, verb: 'get', body: undefined, lane: 'decision' });
    if (outcome.kind !== 'done' || outcome.object === undefined) return;
    const { resourceVersion, holder, durationMs, marks } = readLease(outcome.object);
    if (resourceVersion === this.#version) return;
    this.#version = resourceVersion;
    this.#untilMs = clock.monotonicMs() + durationMs;
    this.#free = holder === '' ? undefined : readAmounts(stringAt(marks.annotations, [FREE_ROOM_ANNOTATION]));
  }
}

/** Anybody who may write the Lease may have written it. */
function readAmounts(text: string): ResourceAmounts | undefined {
  if (text === '') return undefined;
  try {
    return optionalAmounts(JSON.parse(text), 'down');
  } catch {
    return undefined;
  }
}
