import { createDiscovery } from '../adapters/kube/read/discovery.ts';
import type { RootRecord } from '../api/records/root-record.ts';
import { CRDS, qualifiedName } from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import { watchedRoots } from '../api/watched-kinds.ts';
import type { Change, ChangeHandler, Logger, Reflector } from '../engine/ports.ts';
import { RootFollower } from '../engine/roots/root-follower.ts';
import { ServedKinds } from '../engine/roots/served-kinds.ts';
import type { KnownKind } from '../engine/roots/served-kinds.ts';
import { stringAt } from '../lib/json.ts';
import type { WorkerBase } from './worker-base.ts';

/** The kinds are other people's: nobody waits for them longer than this when a thread starts. */
const PATIENCE_MS = 3000;

/** Who takes what is seen of workload kinds. */
export interface RootTaker<T extends KnownKind> {
  take(this: void, type: ResourceType, changes: readonly Change<RootRecord>[]): void;
  /** The kinds that the cluster serves by now. */
  onServed?(this: void, served: readonly T[]): void;
}

/** Workload kinds, being followed. */
export interface RootFeed {
  /** Whatever can be read was read, or waited for long enough. */
  readonly isSettled: boolean;
  /** Resolves once whatever the API server has taken by now is handed over; never waits long. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Of a thread that needs none. */
export const NO_ROOTS: RootFeed = {
  isSettled: true,
  catchUp: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

/** Follows the objects of these kinds, as far as the cluster serves them and for as long as it does. */
export function followRoots<T extends KnownKind>(base: WorkerBase, known: readonly T[], taker: RootTaker<T>): RootFeed {
  const { clock, metrics, log } = base;
  const follower = new RootFollower({
    open: (type, handler) => openRoots(base, type, handler),
    take: taker.take,
    clock,
    log,
    metrics,
  });
  const kinds = new ServedKinds<T>({
    discovery: createDiscovery(base.http),
    clock,
    onChange: (served) => {
      follower.follow(served.map(({ type }) => type));
      taker.onServed?.(served);
    },
  });
  kinds.know(known);
  const definitions = watchDefinitions(base, kinds);
  let isPatient = true;
  const cancel = clock.after(PATIENCE_MS, () => {
    isPatient = false;
  });
  return {
    get isSettled() {
      return !isPatient || (kinds.isLearned && follower.isListed);
    },
    catchUp: () => follower.catchUp(),
    async stop() {
      cancel();
      kinds.stop();
      await Promise.all([definitions.stop(), follower.stop()]);
    },
  };
}

/** The reflector of a kind complains to nobody: its follower tells what lasts, once. */
function openRoots(base: WorkerBase, type: ResourceType, handler: ChangeHandler<RootRecord>): Reflector {
  const kind = watchedRoots(type);
  return base.open({ ...kind, handler, metadataOnly: true, label: qualifiedName(type), log: quiet(base.log) });
}

/** Tells of each CustomResourceDefinition that came, changed or went. */
function watchDefinitions(base: WorkerBase, kinds: Pick<ServedKinds<never>, 'look' | 'onDefinition'>): Reflector {
  const reflector = base.open<string>({
    type: CRDS,
    metadataOnly: true,
    project: (raw) => stringAt(raw, ['metadata', 'name']),
    keyOf: (name) => name,
    handler: (changes) => {
      for (const change of changes) {
        if (change.kind === 'replace') kinds.look();
        else kinds.onDefinition(change.record);
      }
    },
  });
  reflector.start();
  return reflector;
}

function quiet(log: Logger): Logger {
  const debug: Logger['debug'] = (message, fields) => log.debug(message, fields);
  return { debug, info: debug, warn: debug, error: (message, fields) => log.error(message, fields) };
}
