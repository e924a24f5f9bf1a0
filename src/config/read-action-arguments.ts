import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { ACTION_ARGUMENTS } from './action-arguments.ts';
import { IDLE_ARGUMENTS } from './idle-arguments.ts';
import { ACTION_NAMES } from './policy.ts';
import type { ActionName, PluginArguments } from './policy.ts';
import { argumentEntries, readArguments } from './read-arguments.ts';
import { listAt, notSupported, refuseOtherKeys } from './read-shape.ts';

/** Reads `configurations`: a list of actions, each once, with their arguments. */
export function readActionArguments(raw: unknown, errors: FieldError[]): ReadonlyMap<ActionName, PluginArguments> {
  const out = new Map<ActionName, PluginArguments>();
  listAt(raw, 'configurations', 'configurations', errors).forEach((entry, i) => {
    readEntry(entry, `configurations[${i}]`, out, errors);
  });
  return out;
}

function readEntry(raw: JsonValue, path: string, out: Map<ActionName, PluginArguments>, errors: FieldError[]): void {
  if (!isJsonObject(raw)) {
    errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be a map with name and arguments'));
    return;
  }
  refuseOtherKeys(raw, ['name', 'arguments'], path, errors);
  const text = stringAt(raw, ['name']);
  const name = ACTION_NAMES.find((known) => known === text);
  if (name === undefined) {
    errors.push(notSupported(`${path}.name`, text, ACTION_NAMES));
    return;
  }
  if (out.has(name)) {
    errors.push(fieldError(`${path}.name`, 'FieldValueDuplicate', name, 'stands here a second time'));
  }
  const given = argumentEntries(member(raw, 'arguments'), `${path}.arguments`, errors);
  const taker = { name, rules: ACTION_ARGUMENTS[name], idle: IDLE_ARGUMENTS[name] };
  out.set(name, readArguments(given, taker, errors));
}
