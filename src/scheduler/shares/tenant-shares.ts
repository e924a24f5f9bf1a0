import { NAMESPACE_WEIGHT_LABEL } from '../../api/keys.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { Tenant } from '../model/tenant.ts';

/** Whose jobs count together, and how much they may hold beside others. */
export interface TenantRule {
  readonly nameOf: (job: Job) => string;
  /** At least 1. */
  readonly weightOf: (name: string, snapshot: Snapshot) => number;
}

export const BY_NAMESPACE: TenantRule = {
  nameOf: ({ record }) => record.namespace,
  weightOf: (name, { podRules }) => numberFrom(podRules.namespaceLabel(name, NAMESPACE_WEIGHT_LABEL)),
};

/** The work of nobody in particular is that of its namespace; no user has a slash at the end of his name and nothing behind it. */
export const BY_USER: TenantRule = {
  nameOf: ({ record: { submitter, namespace } }) => (submitter === '' ? `${namespace}/` : submitter),
  weightOf: () => 1,
};

/** What tenants hold of the cluster, over all queues, by their weights. */
export class TenantShares {
  readonly #snapshot: Snapshot;
  readonly #rule: TenantRule;
  readonly #tenants = new Map<string, Tenant>();

  constructor(snapshot: Snapshot, rule: TenantRule) {
    this.#snapshot = snapshot;
    this.#rule = rule;
  }

  /** Jobs that came since then count from now on, with what they hold. Tenants without jobs are forgotten. O(jobs). */
  open(): void {
    const used = new Set<Tenant>();
    for (const job of this.#snapshot.jobs.values()) used.add((job.tenant ??= this.#join(job)));
    for (const [name, tenant] of this.#tenants) {
      if (used.has(tenant)) tenant.weight = this.#rule.weightOf(name, this.#snapshot);
      else this.#tenants.delete(name);
    }
  }

  /** Below zero where the first one's tenant holds less. */
  compare(a: Job, b: Job): number {
    if (a.tenant === b.tenant) return 0;
    return (a.tenant?.share(this.#snapshot) ?? 0) - (b.tenant?.share(this.#snapshot) ?? 0);
  }

  #join(job: Job): Tenant {
    const name = this.#rule.nameOf(job);
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) this.#tenants.set(name, (tenant = new Tenant()));
    tenant.holdings.addAll(job.holdings());
    return tenant;
  }
}

/** Whatever is no number from 1 on counts as 1. */
function numberFrom(label: string | undefined): number {
  const weight = Number(label ?? 1);
  return weight >= 1 && weight < Infinity ? weight : 1;
}
