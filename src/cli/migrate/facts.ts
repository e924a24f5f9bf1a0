import type { JsonObject } from '../../lib/json.ts';
import type { ConfigurationFact, Read } from '../doctor/facts.ts';

/** Everything that a plan is made from. */
export interface Installed {
  /** Of all namespaces. */
  readonly deployments: Read<readonly JsonObject[]>;
  readonly configurations: Read<readonly ConfigurationFact[]>;
  /** Bindings of admission policies. */
  readonly bindings: Read<readonly ConfigurationFact[]>;
  /** Our ConfigMap with what was set aside, in the namespace of Volcano. */
  readonly backup: Read<JsonObject | undefined>;
}

/** Everything that a check judges. */
export interface MigrationFacts extends Installed {
  /** That of Volcano. */
  readonly namespace: Read<JsonObject | undefined>;
  /** The Service that its webhook configurations lead to, and the Secret that its server of webhooks starts with. */
  readonly service: Read<JsonObject | undefined>;
  readonly secret: Read<JsonObject | undefined>;
  /** ConfigMaps in the namespace of Volcano. */
  readonly configMaps: Read<readonly JsonObject[]>;
  /** All CustomResourceDefinitions. */
  readonly definitions: Read<readonly JsonObject[]>;
  readonly queues: Read<readonly JsonObject[]>;
  readonly groups: Read<readonly JsonObject[]>;
  readonly jobs: Read<readonly JsonObject[]>;
  readonly pods: Read<readonly JsonObject[]>;
}
