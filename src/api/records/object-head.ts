/** What is kept of the metadata of every object of a namespace that controllers look at. */
export interface ObjectHead {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly deleting: boolean;
}
