import type { QuotaAmount, ResourceQuotaRecord } from '../../api/records/resource-quota-record.ts';
import type { Plugin, Vote } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { AmountWords } from '../shares/amount-words.ts';
import { podsToCome, QuotaPromises } from './quota-promises.ts';
import { isUnder } from './quota-scopes.ts';

/**
 * Keeps a group out while the pods that it would be given cannot be made: each ResourceQuota of its namespace has to have room for
 * its minimum beside what is used and what other groups that were let in have still to make.
 */
export const resourcequota: Plugin = {
  name: 'resourcequota',
  make: (snapshot) => {
    const room = new QuotaRoom(snapshot);
    return {
      onSessionOpen: () => room.open(),
      jobEnqueueableFn: (job) => room.vote(job),
      enqueueStampFn: () => room.stamp(),
      jobEnqueuedFn: (job) => room.promise(job),
    };
  },
};

class QuotaRoom {
  readonly #snapshot: Snapshot;
  readonly #promises: QuotaPromises;
  readonly #words: AmountWords;
  /** Waiting jobs with pods to come: for all others no quota makes a difference. */
  readonly #concerned = new Set<Job>();
  #stamp = 0;
  /** For which the stamp stands. */
  #wasEmpty = true;
  #quotasAt = 0;
  #promisesAt = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#promises = new QuotaPromises(snapshot);
    this.#words = new AmountWords(snapshot.resources);
  }

  open(): void {
    this.#promises.open();
    for (const job of this.#concerned) if (this.#snapshot.jobs.get(job.key) !== job) this.#concerned.delete(job);
    // What changed since the cycle before is no news to whoever is asked first in this one.
    if (this.#concerned.size === 0) this.#see();
  }

  /** Never a yes: that would let in whom a plugin of a later tier keeps out. O(amounts of the quotas x resources of the job). */
  vote(job: Job): Vote {
    if (this.#snapshot.quotas.isEmpty) return 'abstain';
    const asked = podsToCome(job, this.#snapshot.resources);
    if (asked === undefined) {
      this.#concerned.delete(job);
      return 'abstain';
    }
    this.#concerned.add(job);
    let wait: Refusal | undefined;
    for (const quota of this.#snapshot.quotas.of(job.record.namespace)) {
      if (!isUnder(quota, job)) continue;
      for (const amount of quota.amounts) {
        const r = this.#snapshot.resources.find(amount.resource) ?? -1;
        const at = asked.resources.indexOf(r);
        const [rest, together] = [asked.amounts[at] ?? 0, asked.together[at] ?? 0];
        if (together > amount.hard) return this.#never(job, quota, amount, { r, asked: together });
        if (rest > 0) wait ??= this.#wait(job, quota, amount, { r, asked: rest });
      }
    }
    return wait ?? 'abstain';
  }

  /** One for all queues: a namespace may have groups in any. Another one only when that makes a difference to somebody. */
  stamp(): number {
    const { isEmpty, version } = this.#snapshot.quotas;
    const isMinded = !isEmpty && this.#concerned.size > 0;
    if (isMinded) this.#promises.read();
    const isNews = isMinded && (version !== this.#quotasAt || this.#promises.version !== this.#promisesAt);
    if (this.#stamp === 0 || isNews || isEmpty !== this.#wasEmpty) this.#stamp = this.#snapshot.nextStamp();
    this.#wasEmpty = isEmpty;
    this.#see();
    return this.#stamp;
  }

  #see(): void {
    this.#quotasAt = this.#snapshot.quotas.version;
    this.#promisesAt = this.#promises.version;
  }

  promise(job: Job): void {
    this.#concerned.delete(job);
    if (!this.#snapshot.quotas.isEmpty) this.#promises.promise(job);
  }

  #never(job: Job, quota: ResourceQuotaRecord, { name, hard }: QuotaAmount, { r, asked }: Asked): Refusal {
    const [wants, most] = [asked, hard].map((amount) => this.#words.amount(r, amount));
    const why = `its minimum is ${name} ${wants}, and ResourceQuota ${quota.key} allows ${most} in all`;
    const message = `PodGroup ${job.key} cannot start as things are: ${why}. It waits until its minimum or the quota changes.`;
    return { code: 'NeverFits', message, isDeclared: true };
  }

  #wait(job: Job, quota: ResourceQuotaRecord, amount: QuotaAmount, { r, asked }: Asked): Refusal | undefined {
    const promised = this.#promises.under(quota)[r] ?? 0;
    if (asked + amount.used + promised <= amount.hard) return undefined;
    const [wants, used, promises, most] = [asked, amount.used, promised, amount.hard].map((each) =>
      this.#words.amount(r, each),
    );
    const numbers = `${amount.name} ${wants} asked, ${used} used and ${promises} promised of ${most}`;
    return {
      code: 'WaitingForQuota',
      message: `PodGroup ${job.key} waits for room in ResourceQuota ${quota.key}: ${numbers}.`,
    };
  }
}

/** A resource by index, and how much of it the group has still to be given. */
interface Asked {
  readonly r: number;
  readonly asked: number;
}
