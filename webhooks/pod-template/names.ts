import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';

const LABEL_LENGTH = 63;
const SUBDOMAIN_LENGTH = 253;
const PORT_NAME_LENGTH = 15;

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** Printable ASCII but for the sign that ends a name, as API servers from 1.34 on have it. */
const ENV_NAME = /^[ -<>-~]+$/;

/** Why a text is no name of its kind; undefined when it is one. */
export type NameProblem = (text: string) => string | undefined;

export const labelProblem: NameProblem = (text) => {
  if (text.length > LABEL_LENGTH) return `must be no more than ${LABEL_LENGTH} characters`;
  return LABEL.test(text)
    ? undefined
    : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with one of those characters";
};

export const subdomainProblem: NameProblem = (text) => {
  if (text.length > SUBDOMAIN_LENGTH) return `must be no more than ${SUBDOMAIN_LENGTH} characters`;
  return SUBDOMAIN.test(text)
    ? undefined
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'";
};

/** The last part of a label key, and the whole of many names. */
export const qualifiedNameProblem: NameProblem = (text) => {
  if (text.length > LABEL_LENGTH) return `name part must be no more than ${LABEL_LENGTH} characters`;
  return QUALIFIED.test(text)
    ? undefined
    : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
};

/** A key of labels, annotations or resources: `prefix/name` or `name`. */
export const keyProblem: NameProblem = (text) => {
  const parts = text.split('/');
  if (parts.length > 2) return 'must be a name with at most one prefix, such as example.com/name';
  const prefix = parts.length === 2 ? subdomainProblem(parts[0] ?? '') : undefined;
  return prefix === undefined ? qualifiedNameProblem(parts.at(-1) ?? '') : `prefix part ${prefix}`;
};

export const labelValueProblem: NameProblem = (text) => {
  if (text === '') return undefined;
  if (text.length > LABEL_LENGTH) return `must be no more than ${LABEL_LENGTH} characters`;
  return QUALIFIED.test(text) ? undefined : "a valid label must consist of alphanumeric characters, '-', '_' or '.'";
};

export const portNameProblem: NameProblem = (text) => {
  if (text.length > PORT_NAME_LENGTH) return `must be no more than ${PORT_NAME_LENGTH} characters`;
  return PORT_NAME.test(text)
    ? undefined
    : 'must be lower case letters, digits and single dashes, with at least one letter';
};

export const envNameProblem: NameProblem = (text) => {
  return ENV_NAME.test(text) ? undefined : "must consist of printable ASCII characters other than '='";
};

/** The field's error when its text is no name. */
export function nameErrors(path: string, text: string, problem: NameProblem): readonly FieldError[] {
  const found = problem(text);
  return found === undefined ? [] : [fieldError(path, 'FieldValueInvalid', text, found)];
}

/** The same for a field that must be there; a text that stands already in `seen` is one too many. */
export function uniqueNameErrors(
  path: string,
  text: string,
  problem: NameProblem,
  seen: Set<string>,
): readonly FieldError[] {
  if (text === '') return [required(path)];
  const isTwice = seen.has(text);
  seen.add(text);
  return isTwice ? [fieldError(path, 'FieldValueDuplicate', text, 'duplicate value')] : nameErrors(path, text, problem);
}

export function required(path: string, message = 'required value'): FieldError {
  return fieldError(path, 'FieldValueRequired', undefined, message);
}

/** The field's error when it has a text that is none of those; an empty one is filled in later. */
export function choiceErrors(path: string, text: string, allowed: readonly string[]): readonly FieldError[] {
  if (text === '' || allowed.includes(text)) return [];
  return [fieldError(path, 'FieldValueNotSupported', text, `supported values: ${allowed.join(', ')}`)];
}
