import type { Metrics } from '../../../engine/ports.ts';

/** Metrics of one reflector; events are counted in steps of one chunk, so that counting costs nothing per event. */
export class ReflectorStats {
  readonly #metrics: Metrics;
  readonly #resource: string;
  readonly #label: { readonly resource: string };
  readonly #threadLabels: { readonly resource: string; readonly thread: string };
  readonly #events = { ADDED: 0, MODIFIED: 0, DELETED: 0, BOOKMARK: 0 };

  /** `thread` tells the series of reflectors apart that follow one kind in several threads. */
  constructor(metrics: Metrics, resource: string, thread: string) {
    this.#metrics = metrics;
    this.#resource = resource;
    this.#label = { resource };
    this.#threadLabels = { resource, thread };
    // Prometheus sees no increase in a series that begins with 1.
    metrics.count('sluice_reflector_mismatches_total', this.#label, 0);
  }

  event(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'): void {
    this.#events[type] += 1;
  }

  chunk(bytes: number): void {
    this.#metrics.count('sluice_reflector_bytes_total', this.#label, bytes);
    for (const type of EVENT_TYPES) {
      const seen = this.#events[type];
      if (seen === 0) continue;
      this.#metrics.count('sluice_reflector_events_total', { resource: this.#resource, type }, seen);
      this.#events[type] = 0;
    }
  }

  list(cause: string): void {
    this.#metrics.count('sluice_reflector_lists_total', { resource: this.#resource, cause });
  }

  watchEnd(cause: string): void {
    this.#metrics.count('sluice_reflector_ends_total', { resource: this.#resource, cause });
    if (cause === 'corrupt' || cause === 'tooLong') {
      this.#metrics.count('sluice_reflector_decode_errors_total', this.#label);
    }
  }

  stale(kind: 'older' | 'same'): void {
    this.#metrics.count('sluice_reflector_stale_drops_total', { resource: this.#resource, kind });
  }

  malformed(): void {
    this.#metrics.count('sluice_reflector_malformed_objects_total', this.#label);
  }

  batch(lagMs: number): void {
    this.#metrics.observe('sluice_reflector_handler_lag_milliseconds', this.#label, lagMs);
  }

  beat(ageMs: number, objects: number, isSynced: boolean): void {
    this.#metrics.gauge('sluice_reflector_last_event_age_seconds', this.#threadLabels, ageMs / 1000);
    this.#metrics.gauge('sluice_reflector_objects', this.#threadLabels, objects);
    this.#metrics.gauge('sluice_reflector_synced', this.#threadLabels, isSynced ? 1 : 0);
  }

  selfCheck(result: 'equal' | 'mismatch' | 'undecided', mismatches: number): void {
    this.#metrics.count('sluice_reflector_self_checks_total', { resource: this.#resource, result });
    if (mismatches > 0) this.#metrics.count('sluice_reflector_mismatches_total', this.#label, mismatches);
  }
}

const EVENT_TYPES = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] as const;
