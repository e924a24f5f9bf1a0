import type { ResourceType } from '../../../api/resources.ts';
import type { ChangeHandler, Clock, Logger, Metrics, Randomness } from '../../../engine/ports.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { KubeHttp } from '../connect/http-client.ts';

/** What a reflector needs. */
export interface ReflectorOptions<T> {
  readonly http: KubeHttp;
  readonly type: ResourceType;
  /** Absent or empty: all namespaces. */
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Asks the server for the metadata of the objects and nothing else. */
  readonly metadataOnly?: boolean;
  /** A server that does not serve the kind has no objects of it; absent: it is waited for. */
  readonly isOptional?: boolean | undefined;
  /** Is listed in pages where they are read item by item: a server writes them for less than half of what a stream of events costs it. */
  readonly isNumerous?: boolean | undefined;
  /** What logs and metrics call it; absent: the plural of the type. */
  readonly label?: string;
  /** Runs at parse time; undefined or a throw: the object is malformed, and counts as absent. */
  readonly project: (raw: JsonObject) => T | undefined;
  /** `namespace/name`, or the name alone for cluster-scoped kinds. */
  readonly keyOf: (record: T) => string;
  /** Version of the record's object, where it tells that. */
  readonly versionOf?: ((record: T) => string) | undefined;
  readonly handler: ChangeHandler<T>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The handler threw: the process must end, so that another takes over with a clean state. */
  readonly onFatal: (error: Error) => void;
  /** Asked when a self-check is due; one process that checks is enough. Absent: always. */
  readonly mayCheckItself?: () => boolean;
  /** Which thread of the process it runs in, for metrics. */
  readonly thread?: string;
  readonly timings?: Partial<ReflectorTimings>;
}

/** Times and limits; the defaults are those to run with, tests scale them down. */
export interface ReflectorTimings {
  /** Between a watch that brought events and was then closed, and the next one. */
  readonly resumeMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** A watch that stood this long counts as healthy even without events. */
  readonly healthyAfterMs: number;
  /** Two bookmarks missed: the peer is taken for dead. */
  readonly idleLimitMs: number;
  /** Bounds of the time after which the server ends a watch. */
  readonly watchMinSeconds: number;
  readonly watchMaxSeconds: number;
  readonly maxEventBytes: number;
  /** Of lists that have to be held as a whole. */
  readonly pageSize: number;
  /** Of lists that are read item by item: for each page a server looks through all objects that come after it. */
  readonly protobufPageSize: number;
  readonly selfCheckEveryMs: number;
  /** How often age and size are reported, and the self-check looked at. */
  readonly beatMs: number;
  /** A streaming list that is silent this long comes from a server that only pretends to know it. */
  readonly listSilenceMs: number;
  readonly maxBatch: number;
  readonly maxWaiting: number;
}

/** Values of client-go where it has one. */
export const REFLECTOR_TIMINGS: ReflectorTimings = Object.freeze({
  resumeMs: 20,
  backoffMinMs: 800,
  backoffMaxMs: 30_000,
  healthyAfterMs: 120_000,
  idleLimitMs: 150_000,
  watchMinSeconds: 300,
  watchMaxSeconds: 600,
  maxEventBytes: 4 * 1024 * 1024,
  pageSize: 500,
  protobufPageSize: 10_000,
  selfCheckEveryMs: 600_000,
  beatMs: 5000,
  listSilenceMs: 30_000,
  maxBatch: 1000,
  maxWaiting: 8000,
});
