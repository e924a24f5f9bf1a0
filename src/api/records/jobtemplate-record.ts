import type { JsonObject } from '../../lib/json.ts';

/** What Sluice keeps of a JobTemplate. */
export interface JobtemplateRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** The spec of its jobs as it travels. */
  readonly spec: JsonObject;
  /** Names of jobs, as its status lists them. */
  readonly jobs: readonly string[];
}
