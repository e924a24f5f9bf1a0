import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { isSameClaim, isSignedGroup } from '../../api/submitter-claim.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { Change, ChangeHandler } from '../ports.ts';

/** A group that names a submitter, as it was read, and whether that is to be believed. */
interface Judged {
  readonly record: PodGroupRecord;
  readonly isBelieved: boolean;
}

/** Hands groups on with the submitters that are verified, and none where it is not. */
export class BelievedGroups {
  readonly #keys: SubmitterKeys;
  readonly #next: ChangeHandler<PodGroupRecord>;
  readonly #judged = new Map<string, Judged>();

  constructor(keys: SubmitterKeys, next: ChangeHandler<PodGroupRecord>) {
    this.#keys = keys;
    this.#next = next;
  }

  readonly apply: ChangeHandler<PodGroupRecord> = (changes) =>
    this.#next(changes.map((change) => this.#change(change)));

  /** Other keys count from now on. O(groups that name a submitter). */
  judgeAgain(): void {
    const changes: Change<PodGroupRecord>[] = [];
    const all = [...this.#judged.values()];
    this.#judged.clear();
    for (const { record, isBelieved } of all) {
      const believed = this.#believed(record);
      if (this.#judged.get(record.key)?.isBelieved !== isBelieved) changes.push({ kind: 'upsert', record: believed });
    }
    if (changes.length > 0) this.#next(changes);
  }

  #change(change: Change<PodGroupRecord>): Change<PodGroupRecord> {
    switch (change.kind) {
      case 'upsert':
        return { kind: 'upsert', record: this.#believed(change.record) };
      case 'delete':
        this.#judged.delete(change.record.key);
        return change;
      case 'replace': {
        const listed = new Set(change.records.map(({ key }) => key));
        for (const key of this.#judged.keys()) if (!listed.has(key)) this.#judged.delete(key);
        return { kind: 'replace', records: change.records.map((record) => this.#believed(record)) };
      }
    }
  }

  #believed(record: PodGroupRecord): PodGroupRecord {
    if (record.submitter === '') {
      this.#judged.delete(record.key);
      return record;
    }
    const known = this.#judged.get(record.key);
    const isBelieved =
      known !== undefined && isSameClaim(known.record, record) ? known.isBelieved : isSignedGroup(this.#keys, record);
    this.#judged.set(record.key, { record, isBelieved });
    return isBelieved ? record : { ...record, submitter: '' };
  }
}
