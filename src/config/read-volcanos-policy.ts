import type { FieldError } from '../lib/field-error.ts';
import { arrayAt, isJsonObject, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { PLUGINS_OF_NEED, readPolicy } from './read-policy.ts';
import type { PolicyResult } from './read-policy.ts';

/** What a configuration is read as, and the parts of it that are not acted on. */
export type TrimmedPolicy = PolicyResult & { readonly trimmed?: readonly FieldError[] };

/** Rounds of leaving out what was refused: without one part another may have become idle. */
const MOST_ROUNDS = 5;

/**
 * Reads a configuration that was written for Volcano, which passes over what it does not know and needs no plugin. What is not
 * supported is left out, plugins that have to be there come last, and both is told; anything else that is wrong is refused as
 * ever.
 */
export function readVolcanosPolicy(raw: unknown): TrimmedPolicy {
  const trimmed: FieldError[] = [];
  let rest = raw;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const result = readPolicy(rest);
    if (result.kind === 'policy') return trimmed.length === 0 ? result : { ...result, trimmed };
    const next = mended(rest, result.errors);
    if (next === undefined) return result;
    trimmed.push(...result.errors);
    rest = next;
  }
  return readPolicy(rest);
}

/** Without the parts that were refused, and with the plugins that are missing; undefined where that is not all. */
function mended(raw: unknown, errors: readonly FieldError[]): unknown {
  if (!isJsonObject(raw)) return undefined;
  const lacks = errors.some(lacksPlugins);
  if (!errors.every((error) => lacksPlugins(error) || isForgiven(error))) return undefined;
  const paths = new Map(errors.filter(isForgiven).map(({ path }) => [partOf(path).join('\n'), partOf(path)]));
  // The last ones first: what comes before in a list keeps its place.
  const rest = [...paths.values()].toReversed().reduce<JsonValue>(without, raw);
  return lacks ? withPlugins(rest) : rest;
}

function lacksPlugins({ path, kind }: FieldError): boolean {
  return path === 'tiers' && kind === 'FieldValueRequired';
}

function isForgiven({ path, kind }: FieldError): boolean {
  return kind === 'FieldValueNotSupported' && path !== 'actions';
}

/** An entry goes with its name. */
function partOf(path: string): readonly string[] {
  const steps = [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, key, word]) => key ?? word ?? '');
  return steps.at(-1) === 'name' ? steps.slice(0, -1) : steps;
}

function without(value: JsonValue, [step, ...deeper]: readonly string[]): JsonValue {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    const list = value as readonly JsonValue[];
    if (deeper.length === 0) return list.toSpliced(Number(step), 1);
    return list.map((each, at) => (at === Number(step) ? without(each, deeper) : each));
  }
  if (!isJsonObject(value)) return value;
  const { [step]: found, ...others } = value;
  if (found === undefined) return value;
  return deeper.length === 0 ? others : { ...value, [step]: without(found, deeper) };
}

function withPlugins(raw: JsonValue): JsonValue {
  if (!isJsonObject(raw)) return raw;
  const named = arrayAt(raw, 'tiers').flatMap((tier) =>
    arrayAt(tier, 'plugins').map((plugin) => stringAt(plugin, ['name'])),
  );
  const plugins = PLUGINS_OF_NEED.filter((either) => !either.some((name) => named.includes(name)));
  return { ...raw, tiers: [...arrayAt(raw, 'tiers'), { plugins: plugins.map(([name = '']) => ({ name })) }] };
}
