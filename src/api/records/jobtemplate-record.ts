import type { JsonObject } from '../../lib/json.ts';
import type { ObjectHead } from './object-head.ts';

/** What Sluice keeps of a JobTemplate. */
export interface JobtemplateRecord extends ObjectHead {
  /** The spec of its jobs as it travels. */
  readonly spec: JsonObject;
  /** Names of jobs, as its status lists them. */
  readonly jobs: readonly string[];
}
