import type { SpreadRule } from '../../api/records/pod-rules.ts';
import type { DomainCounts } from '../ledger/domain-counts.ts';

/** Pods that are thought gone: for each that the counts hold its domain. */
export type GoneFrom = (domains: DomainCounts) => readonly number[];

/** Where a pod may stand because of other pods: every domain of a topology is open to it, or closed. */
export interface DomainRule {
  readonly domains: DomainCounts;
  /** Nodes that are in no domain are open. */
  readonly isOpenOutside: boolean;
  isOpen(domain: number): boolean;
  /** The domain may be open once some pods have gone, whoever they are. */
  mayOpen(domain: number): boolean;
  /** `isOpen` once these have gone, and all that are on their way out. `goneFrom` names the domain of each that is counted there. */
  isOpenWithout(domain: number, goneFrom: GoneFrom): boolean;
  /** In kube-scheduler's words. */
  readonly reason: string;
}

/** The domains that hold a pod that all terms speak of; every domain while there is none and the pod is one itself. */
export class AffinityRule implements DomainRule {
  readonly domains: DomainCounts;
  readonly isOpenOutside = false;
  readonly reason = "node(s) didn't match pod affinity rules";
  readonly #all: readonly DomainCounts[];
  readonly #isOwn: boolean;
  /** Left out of the choice that the first of them has. */
  readonly #avoided = new Set<number>();
  /** Grows with each change of what is left out. */
  avoidedVersion = 0;

  constructor(domains: DomainCounts, all: readonly DomainCounts[], isOwn: boolean) {
    this.domains = domains;
    this.#all = all;
    this.#isOwn = isOwn;
  }

  /** The pod would be the first: it chooses the domain for all that follow. */
  get isFree(): boolean {
    return this.#isOwn && this.#all.every(({ total }) => total === 0);
  }

  isOpen(domain: number): boolean {
    if ((this.domains.counts[domain] ?? 0) > 0) return true;
    return this.isFree && !this.#avoided.has(domain);
  }

  mayOpen(domain: number): boolean {
    return this.#isOwn || (this.domains.counts[domain] ?? 0) > 0;
  }

  isOpenWithout(domain: number, goneFrom: GoneFrom): boolean {
    if (staying(this.domains, domain, goneFrom(this.domains)) > 0) return true;
    const isFree = this.#all.every((each) => each.total - each.totalLeaving - goneFrom(each).length <= 0);
    return this.#isOwn && isFree && !this.#avoided.has(domain);
  }

  /** Before so many pods were placed, unless some that stand elsewhere are among those that the terms speak of. */
  wasFree(placed: number): boolean {
    return this.#isOwn && this.#all.every(({ total }) => total <= placed);
  }

  /** Leaves a domain out; false when it is left out already, or no other one is left. */
  avoid(domain: number): boolean {
    if (this.#avoided.has(domain) || this.#avoided.size + 1 >= this.domains.counts.length) return false;
    this.#avoided.add(domain);
    this.avoidedVersion += 1;
    return true;
  }

  avoidNone(): void {
    if (this.#avoided.size > 0) this.avoidedVersion += 1;
    this.#avoided.clear();
  }
}

/** The domains that hold none of the pods that a term of anti-affinity speaks of. */
export function antiAffinityRule(domains: DomainCounts): DomainRule {
  return emptyDomains(domains, "node(s) didn't match pod anti-affinity rules");
}

/** The domains that hold no pod that keeps such pods away. */
export function forbiddenRule(domains: DomainCounts): DomainRule {
  return emptyDomains(domains, "node(s) didn't satisfy existing pods anti-affinity rules");
}

function emptyDomains(domains: DomainCounts, reason: string): DomainRule {
  return {
    domains,
    isOpenOutside: true,
    isOpen: (domain) => domains.counts[domain] === 0,
    mayOpen: () => true,
    isOpenWithout: (domain, goneFrom) => staying(domains, domain, goneFrom(domains)) === 0,
    reason,
  };
}

/** Pods of the domain once those have gone. */
function staying({ counts, leaving }: DomainCounts, domain: number, gone: readonly number[]): number {
  let pods = (counts[domain] ?? 0) - (leaving[domain] ?? 0);
  for (const each of gone) if (each === domain) pods -= 1;
  return pods;
}

/** In the emptiest domain once those have gone. O(domains) if there are any. */
function leastStaying(domains: DomainCounts, gone: readonly number[]): number {
  if (gone.length === 0 && domains.totalLeaving === 0) return domains.least;
  let least = Infinity;
  for (let domain = 0; domain < domains.counts.length; domain += 1) {
    least = Math.min(least, staying(domains, domain, gone));
  }
  return least === Infinity ? 0 : least;
}

/** The domains that would not hold too many more than the emptiest one (KEP-895; minDomains: KEP-3022). */
export function spreadRule(domains: DomainCounts, { maxSkew, minDomains, isOwn }: SpreadRule): DomainRule {
  return {
    domains,
    isOpenOutside: false,
    isOpen: (domain) => {
      const least = domains.counts.length < minDomains ? 0 : domains.least;
      return (domains.counts[domain] ?? 0) + Number(isOwn) - least <= maxSkew;
    },
    mayOpen: () => true,
    isOpenWithout: (domain, goneFrom) => {
      const gone = goneFrom(domains);
      const least = domains.counts.length < minDomains ? 0 : leastStaying(domains, gone);
      return staying(domains, domain, gone) + Number(isOwn) - least <= maxSkew;
    },
    reason: "node(s) didn't match pod topology spread constraints",
  };
}
