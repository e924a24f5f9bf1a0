import type { ResourceType } from '../src/api/resources.ts';

/** A kind that rows may look up, and by what. */
export interface ViewKind<T> {
  readonly type: ResourceType;
  readonly project: (raw: unknown) => T | undefined;
  readonly keyOf: (record: T) => string;
  /** Further ways to find records; an empty key is not filed. */
  readonly indices: Readonly<Record<string, (record: T) => string>>;
}
