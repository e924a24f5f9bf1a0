import { parseDatasetClaims } from '../../../api/dataset-claims.ts';
import { PREFETCH_ANNOTATION } from '../../../api/keys.ts';
import { REASONS } from '../../../api/reasons.ts';
import type { DatasetRecord } from '../../../api/records/dataset-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { DATASETS } from '../../../api/resources.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { DatasetColumns } from '../../../scheduler/placement/dataset-columns.ts';
import type { GangDecision } from '../../../scheduler/session/decision.ts';
import type { EventRecorder } from '../../events/event-recorder-port.ts';
import type { Clock, ClusterWriter } from '../../ports.ts';

/** The pods of a gang are placed within moments: they share a hint. */
const GATHER_MS = 1000;
/** One dataset is told of at most this often, however many pods come. */
const REPEAT_MS = 10_000;
/** Nodes in one hint: more is no hint. */
const MOST_NODES = 32;
/** A pod that is less than half as near as it could be is far. */
const FAR = 0.5;

/** What is to be told of one dataset. */
interface Hint {
  readonly nodes: Set<string>;
  /** `namespace/name` of the group that came last. */
  group: string;
  cancelTimer: (() => void) | undefined;
  /** Monotonic; not before then. */
  nextMs: number;
}

export interface PrefetchHintsOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly snapshot: Snapshot;
  readonly pod: (uid: string) => PodRecord | undefined;
}

/** Tells whoever caches a dataset on which nodes pods read it from afar: an annotation on the Dataset, and an event. */
export class PrefetchHints {
  readonly #options: PrefetchHintsOptions;
  readonly #columns: DatasetColumns;
  readonly #hints = new Map<string, Hint>();

  constructor(options: PrefetchHintsOptions) {
    this.#options = options;
    this.#columns = new DatasetColumns(options.snapshot);
  }

  /** Pods that claim nothing cost a look at their records. */
  placed({ group, binds }: GangDecision): void {
    for (const { uid, node } of binds) {
      const pod = this.#options.pod(uid);
      if (pod !== undefined && pod.datasets !== '') this.#look(pod, node, group);
    }
  }

  stop(): void {
    for (const { cancelTimer } of this.#hints.values()) cancelTimer?.();
    this.#hints.clear();
  }

  #look({ namespace, datasets }: PodRecord, node: string, group: string): void {
    const { snapshot } = this.#options;
    const index = snapshot.nodes.indexOf(node);
    for (const { name } of parseDatasetClaims(datasets) ?? []) {
      const key = `${namespace}/${name}`;
      const dataset = snapshot.datasets.get(key);
      if (dataset === undefined) continue;
      const nearest = dataset.tiers[0]?.weight ?? 0;
      if ((this.#columns.of(key)[index] ?? 0) < FAR * nearest) this.#note(key, node, group);
    }
  }

  #note(key: string, node: string, group: string): void {
    const { clock } = this.#options;
    let hint = this.#hints.get(key);
    if (hint === undefined)
      this.#hints.set(key, (hint = { nodes: new Set(), group, cancelTimer: undefined, nextMs: 0 }));
    if (hint.nodes.size < MOST_NODES) hint.nodes.add(node);
    hint.group = group;
    const waitMs = Math.max(GATHER_MS, hint.nextMs - clock.monotonicMs());
    hint.cancelTimer ??= clock.after(waitMs, () => this.#due(key));
  }

  #due(key: string): void {
    const hint = this.#hints.get(key);
    const dataset = this.#options.snapshot.datasets.get(key);
    if (hint === undefined) return;
    hint.cancelTimer = undefined;
    if (dataset === undefined || hint.nodes.size === 0) {
      this.#hints.delete(key);
      return;
    }
    void this.#tell(dataset, hint);
    hint.nodes.clear();
    hint.nextMs = this.#options.clock.monotonicMs() + REPEAT_MS;
    hint.cancelTimer = this.#options.clock.after(REPEAT_MS, () => this.#due(key));
  }

  /** A hint that gets lost is lost: the next pods bring another. */
  async #tell({ namespace, name, uid }: DatasetRecord, { nodes, group }: Hint): Promise<void> {
    const { writer, clock, events } = this.#options;
    const sorted = [...nodes].toSorted();
    const note = `DataFar: ${REASONS.DataFar} PodGroup ${group}, nodes ${sorted.slice(0, 4).join(', ')}${sorted.length > 4 ? ' and others' : ''}`;
    events.record({ type: DATASETS, namespace, name, uid }, 'Normal', 'DataFar', 'Scheduling', note);
    const text = JSON.stringify({ nodes: sorted, group, at: new Date(clock.nowMs()).toISOString() });
    await writer.write({
      verb: 'mergePatch',
      type: DATASETS,
      namespace,
      name,
      subresource: '',
      lane: 'status',
      body: { metadata: { uid, annotations: { [PREFETCH_ANNOTATION]: text } } },
    });
  }
}
