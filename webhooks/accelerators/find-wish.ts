import { ACCELERATOR_LABEL, ACCELERATORS_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { parseWish } from '../../src/api/accelerators/parse-wish.ts';
import type { ParsedWish } from '../../src/api/accelerators/parse-wish.ts';
import type { NamedWish } from './translate.ts';
import { parseWishLabel } from './wish-label.ts';

/** Where somebody may have written a wish. */
export interface WishPlace {
  readonly annotations: JsonObject;
  readonly labels: JsonObject;
  /** Where the object stands: empty, or `spec.template.`. */
  readonly path: string;
}

export type FoundWish =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'wish' } & NamedWish)
  | { readonly kind: 'error'; readonly error: FieldError };

/** The wish of the first place that has one. An annotation says more than a label, so it goes before it. */
export function findWish(places: readonly WishPlace[]): FoundWish {
  for (const { annotations, labels, path } of places) {
    const text = stringAt(annotations, [ACCELERATORS_ANNOTATION]);
    if (text !== '')
      return found(parseWish(text), text, keyPath(`${path}metadata.annotations`, ACCELERATORS_ANNOTATION));
    const label = stringAt(labels, [ACCELERATOR_LABEL]);
    if (label !== '') return found(parseWishLabel(label), label, keyPath(`${path}metadata.labels`, ACCELERATOR_LABEL));
  }
  return { kind: 'none' };
}

function found(parsed: ParsedWish, text: string, path: string): FoundWish {
  if (parsed.kind === 'wish') return { kind: 'wish', wish: parsed.wish, path };
  const { column, message } = parsed.mistake;
  return { kind: 'error', error: fieldError(path, 'FieldValueInvalid', text, `at ${column}: ${message}`) };
}
