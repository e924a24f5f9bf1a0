import { parseAllDocuments } from 'yaml';
import type { YAMLError } from 'yaml';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';

/** More than this is no configuration; it is also what a ConfigMap can hold. */
const MOST_CHARACTERS = 1024 * 1024;

/** What a text says, or why it cannot be read. */
export type YamlReading =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'errors'; readonly errors: FieldError[] };

/** Reads one YAML document; null where the text has none. */
export function readYaml(text: string): YamlReading {
  return unlessUnreadable(() => parseYaml(text));
}

function parseYaml(text: string): YamlReading {
  if (text.length > MOST_CHARACTERS) return mistake(`has more than ${MOST_CHARACTERS} characters`);
  const documents = [...parseAllDocuments(text, { logLevel: 'error' })];
  const errors = documents.flatMap((document) => document.errors.map(syntaxError));
  if (errors.length > 0) return { kind: 'errors', errors };
  const values = documents.map((document): unknown => document.toJS()).filter((value) => value !== null);
  return values.length > 1
    ? mistake(`must be one document, and is ${values.length}`)
    : { kind: 'value', value: values[0] ?? null };
}

/** An alias may lead nowhere or grow beyond all bounds, and lists may be nested too deeply. */
function unlessUnreadable(read: () => YamlReading): YamlReading {
  try {
    return read();
  } catch (error) {
    return mistake(`is not YAML that can be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function mistake(message: string): YamlReading {
  return { kind: 'errors', errors: [fieldError('(root)', 'FieldValueInvalid', undefined, message)] };
}

/** The first line says it; the others show the place. */
function syntaxError({ message, linePos }: YAMLError): FieldError {
  const path = linePos === undefined ? '(root)' : `line ${linePos[0].line}`;
  const what = message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
  return fieldError(path, 'FieldValueInvalid', undefined, what);
}
