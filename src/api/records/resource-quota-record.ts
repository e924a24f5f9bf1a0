/** What a quota says of one resource that pods ask for; amounts in the records' units. */
export interface QuotaAmount {
  /** As the quota writes it, e.g. `requests.cpu`. */
  readonly name: string;
  /** What pods call it, e.g. `cpu`. */
  readonly resource: string;
  readonly hard: number;
  readonly used: number;
}

/** A rule about the pods that a quota is for. */
export interface QuotaScope {
  /** `BestEffort`, `PriorityClass` and so on; those of Kubernetes, and whatever comes after them. */
  readonly scope: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What Sluice keeps of a ResourceQuota (v1). */
export interface ResourceQuotaRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  /** What pods ask for and was counted; limits, volumes and numbers of other objects are left out. */
  readonly amounts: readonly QuotaAmount[];
  /** All of them hold for its pods. */
  readonly scopes: readonly QuotaScope[];
}
