import type { QueueAffinity } from '../../api/records/queue-record.ts';

const REQUIRED = 100;
const PREFERRED = 50;
const RATHER_NOT = -1;

/** What a queue says of groups of nodes, by their names. Volcano's rules and scores. */
export class GroupRules {
  readonly #affinity: QueueAffinity;
  readonly #isOrdered: boolean;
  /** Groups whose nodes have a score. */
  readonly scored: ReadonlySet<string>;

  constructor(affinity: QueueAffinity, isOrdered: boolean) {
    this.#affinity = affinity;
    this.#isOrdered = isOrdered;
    const { use, avoid } = affinity;
    this.scored = new Set([...use.required, ...use.preferred, ...avoid.preferred]);
  }

  /** Of the groups that it names, to use them or as the last ones to use; where it names none to use, of all others. */
  allows(group: string): boolean {
    const { use, avoid } = this.#affinity;
    if (avoid.required.includes(group)) return false;
    return use.required.length + use.preferred.length === 0 || this.scored.has(group);
  }

  score(group: string): number {
    const { use, avoid } = this.#affinity;
    if (avoid.preferred.includes(group)) return RATHER_NOT;
    return (use.required.includes(group) ? REQUIRED : 0) + this.#preference(use.preferred, group);
  }

  /** The same for all that are preferred, or less for those further behind. */
  #preference(preferred: readonly string[], group: string): number {
    const at = preferred.indexOf(group);
    if (at < 0) return 0;
    return this.#isOrdered ? (PREFERRED * (preferred.length - at)) / preferred.length : PREFERRED;
  }
}
