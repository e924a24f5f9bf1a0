import { readPolicyText } from '../adapters/policy-text.ts';
import { WatchedFile } from '../adapters/watched-file.ts';
import type { ConfigMapRecord } from '../api/records/config-map-record.ts';
import { WATCHED_CONFIG_MAPS } from '../api/watched-kinds.ts';
import { configurationKey, describeSource } from '../config/policy-source.ts';
import type { PolicyReading, PolicySource } from '../config/policy-source.ts';
import type { PolicyKeeper } from '../engine/policy/policy-keeper.ts';
import type { Change, Clock } from '../engine/ports.ts';
import type { WorkerBase } from './worker-base.ts';

/** A source that cannot be read holds the start up for so long. */
const PATIENCE_MS = 5000;

/** The source of the configuration, being followed. */
export interface PolicyFeed {
  /** It was read, or waited for long enough. */
  readonly isRead: boolean;
  stop(): void;
}

/** What is needed of a worker. */
type Base = Pick<WorkerBase, 'clock' | 'follow'>;
type Keeper = Pick<PolicyKeeper, 'take'>;

/** Hands the keeper whatever the source says, from now on. */
export function followPolicy(base: Base, source: PolicySource, keeper: Keeper): PolicyFeed {
  switch (source.kind) {
    case 'default':
      return { isRead: true, stop() {} };
    case 'file':
      return followFile(base.clock, source.path, keeper);
    default:
      return followConfigMap(base, source, keeper);
  }
}

/** The main thread has read it before: nothing has to wait for it. */
function followFile(clock: Clock, path: string, keeper: Keeper): PolicyFeed {
  const file = new WatchedFile(path, clock, (read) => {
    keeper.take(read.kind === 'text' ? readPolicyText(read.text) : { kind: 'absent', why: read.why });
  });
  file.start();
  return { isRead: true, stop: () => file.stop() };
}

function followConfigMap(
  base: Base,
  source: PolicySource & { readonly kind: 'configMap' },
  keeper: Keeper,
): PolicyFeed {
  let isRead = false;
  const { type, project, keyOf } = WATCHED_CONFIG_MAPS;
  const nothing: PolicyReading = { kind: 'absent', why: `there is no ${describeSource(source)}` };
  base.follow({ type, project, keyOf, namespace: source.namespace, name: source.name }, (changes) => {
    isRead = true;
    const record = latest(changes);
    if (record === undefined) keeper.take(nothing);
    else keeper.take(readConfigMap(record), record);
  });
  // Whoever waits for it would keep the whole cluster waiting.
  const stop = base.clock.after(PATIENCE_MS, () => {
    if (!isRead) keeper.take({ kind: 'absent', why: `${describeSource(source)} could not be read yet` });
    isRead = true;
  });
  return {
    get isRead() {
      return isRead;
    },
    stop,
  };
}

/** Of the one object that is followed. */
function latest(changes: readonly Change<ConfigMapRecord>[]): ConfigMapRecord | undefined {
  const last = changes.at(-1);
  if (last === undefined || last.kind === 'delete') return undefined;
  return last.kind === 'replace' ? last.records[0] : last.record;
}

function readConfigMap({ data }: ConfigMapRecord): PolicyReading {
  const key = configurationKey([...data.keys()]);
  return typeof key === 'string' ? readPolicyText(data.get(key) ?? '') : { kind: 'errors', errors: [key] };
}
