import type { DatasetRecord } from '../../../api/records/dataset-record.ts';
import type { DisruptionBudgetRecord } from '../../../api/records/disruption-budget-record.ts';
import { areSameLabels, NO_LABELS } from '../../../api/records/label-selector.ts';
import type { NamespaceRecord } from '../../../api/records/namespace-record.ts';
import type { PriorityClassRecord } from '../../../api/records/priority-class-record.ts';
import type { ResourceQuotaRecord } from '../../../api/records/resource-quota-record.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { saysTheSame } from '../../../lib/same.ts';
import { Mirror } from '../../mirror.ts';
import type { ChangeHandler } from '../../ports.ts';

interface RulesFeedOptions {
  readonly snapshot: Snapshot;
  /** The policy looks at quotas. */
  readonly mindsQuotas: () => boolean;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
}

/** What the watches of priorities, namespaces, disruption budgets, quotas and datasets show goes into the snapshot. */
export class RulesFeed {
  readonly #options: RulesFeedOptions;
  readonly #priorityClasses = new Mirror<PriorityClassRecord>((priorityClass) => priorityClass.name);
  readonly #namespaces = new Mirror<NamespaceRecord>((namespace) => namespace.name);
  readonly #budgets = new Mirror<DisruptionBudgetRecord>((budget) => budget.key);
  readonly #datasets = new Mirror<DatasetRecord>((dataset) => dataset.key);
  readonly #quotas = new Mirror<ResourceQuotaRecord>((quota) => quota.key);

  constructor(options: RulesFeedOptions) {
    this.#options = options;
  }

  readonly onPriorityClasses: ChangeHandler<PriorityClassRecord> = (changes) => {
    const { snapshot, seen } = this.#options;
    this.#priorityClasses.apply(changes, (next, old) => {
      if (next !== undefined) snapshot.setPriorityClass(next);
      else if (old !== undefined) snapshot.removePriorityClass(old.name);
    });
    seen('priorityclasses', true);
  };

  readonly onNamespaces: ChangeHandler<NamespaceRecord> = (changes) => {
    const { snapshot, seen } = this.#options;
    let isNews = false;
    this.#namespaces.apply(changes, (next, old) => {
      // Only its labels matter, and only to terms that select namespaces.
      isNews ||= !areSameLabels(next?.labels ?? NO_LABELS, old?.labels ?? NO_LABELS);
      if (next !== undefined) snapshot.upsertNamespace(next);
      else if (old !== undefined) snapshot.removeNamespace(old.name);
    });
    seen('namespaces', isNews && !snapshot.podRules.isEmpty);
  };

  readonly onDisruptionBudgets: ChangeHandler<DisruptionBudgetRecord> = (changes) => {
    const { snapshot, seen } = this.#options;
    let isNews = false;
    this.#budgets.apply(changes, (next, old) => {
      isNews ||= next === undefined || old === undefined || !saysTheSame(next, old);
      if (next !== undefined) snapshot.budgets.upsert(next);
      else if (old !== undefined) snapshot.budgets.remove(old);
    });
    seen('poddisruptionbudgets', isNews && snapshot.waiting.size > 0);
  };

  readonly onDatasets: ChangeHandler<DatasetRecord> = (changes) => {
    const { snapshot, seen } = this.#options;
    const { version } = snapshot.datasets;
    this.#datasets.apply(changes, (next, old) => {
      if (next === undefined) snapshot.datasets.remove(old?.key ?? '');
      else if (old === undefined || !saysTheSame(next, old, ['resourceVersion', 'prefetch']))
        snapshot.datasets.upsert(next);
    });
    seen('datasets', snapshot.datasets.version !== version && snapshot.waiting.size > 0);
  };

  readonly onResourceQuotas: ChangeHandler<ResourceQuotaRecord> = (changes) => {
    const { snapshot, mindsQuotas, seen } = this.#options;
    const { quotas, waiting } = snapshot;
    const { version } = quotas;
    this.#quotas.apply(changes, (next, old) => {
      if (next !== undefined) quotas.upsert(next);
      else if (old !== undefined) quotas.remove(old);
    });
    seen('resourcequotas', quotas.version !== version && waiting.size > 0 && mindsQuotas());
  };
}

/** Kinds that it has to have listed before anything is decided. */
export const RULE_KINDS = 5;
