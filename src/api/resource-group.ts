import type { JsonObject } from '../lib/json.ts';

/** A group of the admission configuration of Volcano: what pods of some namespaces, or with some annotations, are given. */
export interface ResourceGroup {
  readonly name: string;
  readonly namespaces: ReadonlySet<string>;
  /** A pod with any of these has it. */
  readonly annotations: readonly Annotation[];
  /** Empty: left as it is. */
  readonly schedulerName: string;
  /** Merged into the node selector; what stands here wins. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly JsonObject[];
  /** For pods that have no affinity of their own. */
  readonly affinity: JsonObject | undefined;
}

interface Annotation {
  readonly key: string;
  readonly value: string;
}
