import type { EventRecorder } from '../../src/engine/events/event-recorder-port.ts';
import type { ClusterWriter, LogFields } from '../../src/engine/ports.ts';
import { GrowingGroups } from '../../src/engine/growing-groups.ts';
import type { ControllerPorts } from '../../src/engine/control/control-loop.ts';
import { NO_SUBMITTER_KEYS } from '../../src/api/submitter-claim.ts';
import { fixedRandomness } from './manual-clock.ts';
import type { ManualClock } from './manual-clock.ts';
import { SILENT_PODS } from './silent-pods.ts';
import { FIXED_KEYS } from './fixed-keys.ts';

export interface RecordedPorts extends ControllerPorts {
  /** Lines of warn and error. */
  readonly complaints: readonly string[];
  /** Values of counters and gauges, by name and labels. */
  readonly figures: ReadonlyMap<string, number>;
}

/** Ports that remember what was logged and measured. */
export function recordedPorts(writer: ClusterWriter, recorder: EventRecorder, clock: ManualClock): RecordedPorts {
  const complaints: string[] = [];
  const figures = new Map<string, number>();
  const nameOf = (name: string, labels: Readonly<Record<string, string>>): string =>
    `${name} ${Object.values(labels).join(' ')}`;
  const complain = (message: string, fields: LogFields = {}): void => {
    complaints.push(`${message} ${JSON.stringify(fields)}`);
  };
  return {
    writer,
    recorder,
    clock,
    randomness: fixedRandomness(),
    keys: FIXED_KEYS,
    growing: new GrowingGroups(),
    prober: SILENT_PODS,
    submitterKeys: NO_SUBMITTER_KEYS,
    ownNamespace: 'sluice-system',
    complaints,
    figures,
    metrics: {
      count: (name, labels, by = 1) => {
        figures.set(nameOf(name, labels), (figures.get(nameOf(name, labels)) ?? 0) + by);
      },
      gauge: (name, labels, value) => {
        figures.set(nameOf(name, labels), value);
      },
      observe: () => undefined,
      drop: (_label, value) => {
        for (const key of figures.keys()) if (key.split(' ').includes(value)) figures.delete(key);
      },
    },
    log: { debug: () => undefined, info: () => undefined, warn: complain, error: complain },
  };
}

/** Lets every promise that is settled run its followers. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
