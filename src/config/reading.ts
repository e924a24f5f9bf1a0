import type { FieldError } from '../lib/field-error.ts';

/** What a text of configuration says, with the parts that are left out, or all that is wrong with it. */
export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T; readonly trimmed: readonly FieldError[] }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };
