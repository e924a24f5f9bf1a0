import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import type { YAMLError } from 'yaml';
import type { PolicyReading } from '../config/policy-source.ts';
import { readPolicy } from '../config/read-policy.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';

/** Six bytes: every such number is exact in JavaScript and in Prometheus. */
const HASH_BYTES = 6;
/** More than this is no configuration; it is also what a ConfigMap can hold. */
const MOST_CHARACTERS = 1024 * 1024;

/** Reads a scheduler configuration from its YAML text; whatever is wrong with it is told. */
export function readPolicyText(text: string): PolicyReading {
  const parsed = unlessUnreadable(() => parseYaml(text));
  if (parsed.kind === 'errors') return parsed;
  const result = readPolicy(parsed.value);
  return result.kind === 'errors' ? result : { ...result, hash: hashOf(text) };
}

type Parsed =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'errors'; readonly errors: FieldError[] };

function parseYaml(text: string): Parsed {
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
function unlessUnreadable(read: () => Parsed): Parsed {
  try {
    return read();
  } catch (error) {
    return mistake(`is not YAML that can be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function mistake(message: string): Parsed {
  return { kind: 'errors', errors: [fieldError('(root)', 'FieldValueInvalid', undefined, message)] };
}

/** The first line says it; the others show the place. */
function syntaxError({ message, linePos }: YAMLError): FieldError {
  const path = linePos === undefined ? '(root)' : `line ${linePos[0].line}`;
  const what = message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
  return fieldError(path, 'FieldValueInvalid', undefined, what);
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, HASH_BYTES);
}
