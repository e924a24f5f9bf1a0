import { createDiscovery } from '../../adapters/kube/read/discovery.ts';
import type { RootRecord } from '../../api/records/root-record.ts';
import { CRDS, qualifiedName } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { watchedRoots, WATCHED_WORKLOAD_KINDS } from '../../api/watched-kinds.ts';
import type { WorkloadKindSpec } from '../../api/kinds/workload-kind.ts';
import type { Change, ChangeHandler, Logger, Reflector } from '../../engine/ports.ts';
import { KnownKinds } from '../../engine/roots/known-kinds.ts';
import { RootFollower } from '../../engine/roots/root-follower.ts';
import { ServedKinds } from '../../engine/roots/served-kinds.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import type { WorkerBase } from './worker-base.ts';

/** The kinds are other people's: nobody waits for them longer than this when they begin to be followed. */
const PATIENCE_MS = 3000;

/** Who takes what is seen of workload kinds. */
export interface RootTaker {
  take(this: void, type: ResourceType, changes: readonly Change<RootRecord>[]): void;
  /** All kinds that are known by now, and those of them that the cluster serves. */
  onKinds?(this: void, known: readonly WorkloadKindSpec[], served: readonly VersionedKind[]): void;
}

/** Workload kinds, being followed. */
export interface RootFeed {
  /** Our own kinds are there: from now on the cluster is read. */
  start(): void;
  /** Whatever can be read was read, or waited for long enough. */
  readonly isSettled: boolean;
  /** Resolves once whatever the API server has taken by now is handed over; never waits long. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Of a thread that needs none. */
export const NO_ROOTS: RootFeed = {
  start: () => undefined,
  isSettled: true,
  catchUp: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

/** Follows the objects of the kinds that we know of, as far as the cluster serves them and for as long as it does. */
export function followRoots(base: WorkerBase, taker: RootTaker): RootFeed {
  const { clock, metrics, log } = base;
  const known = new KnownKinds(BUILT_IN_KINDS);
  const follower = new RootFollower({
    open: (type, handler) => openRoots(base, type, handler),
    take: taker.take,
    clock,
    log,
    metrics,
  });
  const kinds = new ServedKinds<WorkloadKindSpec>({
    discovery: createDiscovery(base.http),
    clock,
    onChange: (served) => {
      follower.follow(served.map(({ type }) => type));
      taker.onKinds?.(known.all(), served);
    },
  });
  const watches = [
    watchDefinitions(base, kinds),
    base.open({
      ...WATCHED_WORKLOAD_KINDS,
      handler: (changes) => {
        known.apply(changes);
        kinds.know(known.all());
      },
    }),
  ];
  let isPatient = true;
  let cancel = (): void => undefined;
  return {
    start() {
      kinds.know(known.all());
      for (const watch of watches) watch.start();
      cancel = clock.after(PATIENCE_MS, () => {
        isPatient = false;
      });
    },
    get isSettled() {
      return !isPatient || (known.isListed && kinds.isLearned && follower.isListed);
    },
    catchUp: () => follower.catchUp(),
    async stop() {
      cancel();
      kinds.stop();
      await Promise.all([...watches, follower].map((part) => part.stop()));
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
  return base.open<string>({
    ...DEFINITIONS,
    handler: (changes) => {
      for (const change of changes) {
        if (change.kind === 'replace') kinds.look();
        else kinds.onDefinition(change.record);
      }
    },
  });
}

/** Of definitions only the names are read: one may have a megabyte of schema. */
const DEFINITIONS = {
  type: CRDS,
  metadataOnly: true,
  project: (raw: JsonObject) => stringAt(raw, ['metadata', 'name']),
  keyOf: (name: string) => name,
};

function quiet(log: Logger): Logger {
  const debug: Logger['debug'] = (message, fields) => log.debug(message, fields);
  return { debug, info: debug, warn: debug, error: (message, fields) => log.error(message, fields) };
}
