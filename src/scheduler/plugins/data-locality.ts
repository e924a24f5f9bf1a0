import { parseDatasetClaims } from '../../api/dataset-claims.ts';
import type { DatasetRecord } from '../../api/records/dataset-record.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import { DatasetColumns } from '../placement/dataset-columns.ts';
import { nearnessFacts } from '../placement/nearness.ts';

/** Twice what packing weighs by default: a node that has to fetch all is fuller by no more than that. */
const DEFAULT_WEIGHT = 20;

/**
 * Pods that claim datasets go where these lie now: what caches say is read anew in each cycle. Tasks that claim nothing cost a
 * comparison.
 */
export const dataLocality: Plugin = {
  name: 'data-locality',
  make: (snapshot, options) => {
    const weight = numberArgument(options, 'data-locality.weight', DEFAULT_WEIGHT);
    const claims = new ClaimContexts(snapshot, weight);
    return {
      onSessionOpen: () => claims.open(),
      // Of what does not exist nothing is known.
      claimStampFn: () => snapshot.datasets.version,
      wishFn: (task) => (task.record.datasets === '' || weight === 0 ? undefined : claims.of(task)),
    };
  },
};

/** One context for all tasks that claim the same, for as long as what is known of it is the same. */
class ClaimContexts {
  readonly #snapshot: Snapshot;
  readonly #weight: number;
  readonly #columns: DatasetColumns;
  readonly #stamps = new WeakMap<DatasetRecord, number>();
  /** Of this cycle, by namespace and text. */
  readonly #byClaim = new Map<string, PlacementContext | undefined>();
  /** By key, as long as somebody asked for it in the cycle before. */
  #known = new Map<string, PlacementContext>();
  #asked = new Map<string, PlacementContext>();

  constructor(snapshot: Snapshot, weight: number) {
    this.#snapshot = snapshot;
    this.#weight = weight;
    this.#columns = new DatasetColumns(snapshot);
  }

  open(): void {
    if (this.#byClaim.size === 0) return;
    this.#byClaim.clear();
    this.#known = this.#asked;
    this.#asked = new Map();
  }

  of({ record: { namespace, datasets } }: Task): PlacementContext | undefined {
    const claim = `${namespace} ${datasets}`;
    const known = this.#byClaim.get(claim);
    if (known !== undefined || this.#byClaim.has(claim)) return known;
    const made = this.#make(namespace, datasets);
    this.#byClaim.set(claim, made);
    return made;
  }

  #make(namespace: string, text: string): PlacementContext | undefined {
    const keys = (parseDatasetClaims(text) ?? []).map(({ name }) => `${namespace}/${name}`);
    const stamps = keys.flatMap((key) => this.#stampOf(key));
    if (stamps.length === 0) return undefined;
    const key = `datasets ${stamps.join(' ')}`;
    const context = this.#known.get(key) ?? this.#context(key, keys);
    this.#asked.set(key, context);
    return context;
  }

  /** Nothing for a dataset that does not exist: nobody is kept waiting for it. */
  #stampOf(key: string): readonly string[] {
    const dataset = this.#snapshot.datasets.get(key);
    if (dataset === undefined) return [];
    let stamp = this.#stamps.get(dataset);
    if (stamp === undefined) this.#stamps.set(dataset, (stamp = this.#snapshot.nextStamp()));
    return [`${key}:${stamp}:${nearnessFacts(this.#snapshot, dataset)}`];
  }

  #context(key: string, datasets: readonly string[]): PlacementContext {
    return {
      key,
      hooks: {
        score: (_, out) => {
          for (const dataset of datasets) {
            const column = this.#columns.of(dataset);
            for (let n = 0; n < column.length; n += 1) out[n] = (out[n] ?? 0) + this.#weight * (column[n] ?? 0);
          }
        },
      },
    };
  }
}
