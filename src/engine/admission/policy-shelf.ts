import { compile } from '../../../webhooks/policies/policy-set.ts';
import type { PolicySet } from '../../../webhooks/policies/policy-set.ts';
import type { PolicyRecord } from '../../api/records/policy-record.ts';
import type { Policy } from '../../api/records/policy.ts';
import { saysTheSame } from '../../lib/same.ts';
import { Mirror } from '../mirror.ts';
import type { ChangeHandler, Metrics } from '../ports.ts';
import { POLICIES_UNREADABLE, POLICY_CONFLICTS, POLICY_DRY_RUN_SINCE_SECONDS } from './admission-metrics.ts';

/**
 * The policies in force. One that is written anew and cannot be read keeps its last form that could, for as long as it is there: from its status
 * where this process never read it. Predicates are
 * made once for each change of what is in force, when they are first asked for.
 */
export class PolicyShelf {
  /** By key, source by source: the first source counts where two have a policy of one id. */
  readonly #sources: Map<string, Policy>[] = [];
  readonly #metrics: Metrics | undefined;
  /** Keys of policies that cannot be read as they are written. */
  readonly #unreadable = new Set<string>();
  #set: PolicySet | undefined;

  constructor(metrics?: Metrics) {
    this.#metrics = metrics;
  }

  /** Takes the policies of one kind. */
  source(): ChangeHandler<PolicyRecord> {
    const good = new Map<string, Policy>();
    this.#sources.push(good);
    const records = new Mirror<PolicyRecord>(({ key }) => key);
    return (changes) => {
      records.apply(changes, (next, old) => {
        if (next === undefined) this.#drop(good, old?.key ?? '');
        else if (next.policy !== undefined) this.#put(good, next.key, next.policy);
        // What was read here itself is newer than what a status keeps.
        else if (next.lastGood !== undefined && !good.has(next.key)) this.#put(good, next.key, next.lastGood);
        this.#tell(next, old);
      });
      this.#metrics?.gauge(POLICIES_UNREADABLE, {}, this.#unreadable.size);
    };
  }

  get set(): PolicySet {
    if (this.#set !== undefined) return this.#set;
    this.#set = compile([...this.#byId().values()]);
    const conflicts = [...this.#set.conflicts.values()].reduce((sum, some) => sum + some.length, 0);
    this.#metrics?.gauge(POLICY_CONFLICTS, {}, conflicts);
    return this.#set;
  }

  /** What cannot be read, and since when a policy has been tried only: a trial that nobody ends protects nobody. */
  #tell(next: PolicyRecord | undefined, old: PolicyRecord | undefined): void {
    const key = next?.key ?? old?.key ?? '';
    if (next !== undefined && next.policy === undefined) this.#unreadable.add(key);
    else this.#unreadable.delete(key);
    if (next?.policy?.enforcement === 'DryRun') {
      this.#metrics?.gauge(POLICY_DRY_RUN_SINCE_SECONDS, { policy: key }, next.editedMs / 1000);
    } else if (old?.policy?.enforcement === 'DryRun') this.#metrics?.drop('policy', key);
  }

  #byId(): ReadonlyMap<string, Policy> {
    const first = new Map<string, Policy>();
    for (const policy of this.#sources.flatMap((source) => [...source.values()])) {
      if (!first.has(policy.id)) first.set(policy.id, policy);
    }
    return first;
  }

  #drop(good: Map<string, Policy>, key: string): void {
    if (good.delete(key)) this.#set = undefined;
  }

  /** A status that changed is no news. */
  #put(good: Map<string, Policy>, key: string, policy: Policy): void {
    const known = good.get(key);
    if (known !== undefined && saysTheSame(known, policy)) return;
    good.set(key, policy);
    this.#set = undefined;
  }
}
