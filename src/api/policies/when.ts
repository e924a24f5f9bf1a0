import { compileExpression } from '../../cel/expression.ts';
import type { CelExpression } from '../../cel/expression.ts';
import { fieldError } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import type { JsonObject } from '../../lib/json.ts';
import { text } from '../projections/metadata.ts';

/** What an expression of a policy may look at: the review as the API server has it, and the namespace's name and labels. */
const WHEN_VARIABLES: readonly string[] = ['object', 'oldObject', 'request', 'namespaceObject'];

/** Reads `when`: an expression that compiles; undefined for none. */
export function readWhen(raw: JsonObject, path: string, errors: FieldError[]): string | undefined {
  const when = text(raw, 'when');
  if (when === '') return undefined;
  const compiled = compileExpression(when, WHEN_VARIABLES);
  if (compiled.kind === 'expression') return when;
  for (const { line, column, message } of compiled.errors) {
    const told = `line ${line}, column ${column}: ${message}`;
    errors.push(fieldError(`${path}.when`, 'FieldValueInvalid', when, told));
  }
  return undefined;
}

/** An expression that was read before. */
export function compiledWhen(when: string): CelExpression {
  const compiled = compileExpression(when, WHEN_VARIABLES);
  if (compiled.kind === 'errors') throw new Error(`Cannot use ${when}: ${compiled.errors[0]?.message ?? ''}`);
  return compiled;
}
