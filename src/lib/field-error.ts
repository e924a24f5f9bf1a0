/** Why a field's value was refused; the names are those of Kubernetes' `StatusCause.reason`. */
export type FieldErrorKind =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotFound'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate';

/** One user mistake, told with the path of the field (`spec.template.metadata.annotations[key]`). */
export interface FieldError {
  readonly path: string;
  readonly kind: FieldErrorKind;
  /** The refused value, shortened for people; empty when the field is missing. */
  readonly value: string;
  readonly message: string;
}

const SHOWN_VALUE_LENGTH = 120;

/** Builds a field error; long values are shortened so that a message never carries a whole object. */
export function fieldError(path: string, kind: FieldErrorKind, value: unknown, message: string): FieldError {
  const text = shownText(value);
  const shown = text.length > SHOWN_VALUE_LENGTH ? `${text.slice(0, SHOWN_VALUE_LENGTH)}...` : text;
  return { path, kind, value: shown, message };
}

/** Values nested too deeply to be written out are named instead. */
function shownText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

/** One line for people: `spec.queue: "blue": queue does not exist`. */
export function formatFieldError(error: FieldError): string {
  const value = error.value === '' ? '' : ` ${JSON.stringify(error.value)}:`;
  return `${error.path}:${value} ${error.message}`;
}

/** Path step into a map by key, in Kubernetes' notation: `metadata.labels[app]`. */
export function keyPath(parent: string, key: string): string {
  return `${parent}[${key}]`;
}
