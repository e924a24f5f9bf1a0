import type { ResourceQuotaRecord } from '../../api/records/resource-quota-record.ts';
import { saysTheSame } from '../../lib/same.ts';

/** The quotas of namespaces, as they were told last. */
export class ResourceQuotas {
  readonly #namespaces = new Map<string, Map<string, ResourceQuotaRecord>>();
  /** Grows whenever one says something else. */
  version = 0;

  get isEmpty(): boolean {
    return this.#namespaces.size === 0;
  }

  upsert(record: ResourceQuotaRecord): void {
    let quotas = this.#namespaces.get(record.namespace);
    if (quotas === undefined) this.#namespaces.set(record.namespace, (quotas = new Map()));
    const known = quotas.get(record.key);
    if (known !== undefined && saysTheSame(known, record)) return;
    quotas.set(record.key, record);
    this.version += 1;
  }

  remove({ namespace, key }: Pick<ResourceQuotaRecord, 'namespace' | 'key'>): void {
    const quotas = this.#namespaces.get(namespace);
    if (quotas?.delete(key) !== true) return;
    if (quotas.size === 0) this.#namespaces.delete(namespace);
    this.version += 1;
  }

  /** In no order that means something. */
  of(namespace: string): Iterable<ResourceQuotaRecord> {
    return this.#namespaces.get(namespace)?.values() ?? NONE;
  }
}

const NONE: readonly ResourceQuotaRecord[] = [];
