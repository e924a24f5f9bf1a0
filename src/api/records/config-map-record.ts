/** What Sluice keeps of a ConfigMap. */
export interface ConfigMapRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly data: ReadonlyMap<string, string>;
}
