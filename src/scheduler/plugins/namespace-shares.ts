import { NAMESPACE_WEIGHT_LABEL } from '../../api/keys.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { Tenant } from '../model/tenant.ts';

/** What namespaces hold of the cluster, over all queues, by their weights. */
export class NamespaceShares {
  readonly #snapshot: Snapshot;
  readonly #tenants = new Map<string, Tenant>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Jobs that came since then count from now on, with what they hold. Namespaces without jobs are forgotten. O(jobs). */
  open(): void {
    const used = new Set<Tenant>();
    for (const job of this.#snapshot.jobs.values()) used.add((job.tenant ??= this.#join(job)));
    for (const [name, tenant] of this.#tenants) {
      if (used.has(tenant))
        tenant.weight = weightOf(this.#snapshot.podRules.namespaceLabel(name, NAMESPACE_WEIGHT_LABEL));
      else this.#tenants.delete(name);
    }
  }

  /** Below zero where the first one's namespace holds less. */
  compare(a: Job, b: Job): number {
    if (a.tenant === b.tenant) return 0;
    return (a.tenant?.share(this.#snapshot) ?? 0) - (b.tenant?.share(this.#snapshot) ?? 0);
  }

  #join(job: Job): Tenant {
    const { namespace } = job.record;
    let tenant = this.#tenants.get(namespace);
    if (tenant === undefined) this.#tenants.set(namespace, (tenant = new Tenant()));
    tenant.holdings.addAll(job.holdings());
    return tenant;
  }
}

/** Whatever is no number from 1 on counts as 1. */
function weightOf(label: string | undefined): number {
  const weight = Number(label ?? 1);
  return weight >= 1 && weight < Infinity ? weight : 1;
}
