import { parseAmounts } from '../../src/api/amounts.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { SizeRule } from '../../src/api/kinds/workload-kind.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { holds, placeAt } from './fields.ts';
import type { Part } from './fields.ts';
import { jvmMebibytes } from './jvm-size.ts';

/** What one pod asks for of one resource in the framework's own words, with what the framework adds to it; nothing where it does not say. */
export function declaredSize(part: Part, rule: SizeRule): ResourceAmounts {
  const amount = amountAt(part, rule, rule.paths) ?? amountOf(rule, rule.default);
  return amount === undefined ? new Map() : new Map([[rule.resource, amount + overheadOf(part, rule, amount)]]);
}

type OverheadRule = NonNullable<SizeRule['overhead']>;

/** In the unit of the amount. */
function overheadOf(part: Part, rule: SizeRule, amount: number): number {
  const { overhead, resource } = rule;
  if (overhead === undefined) return 0;
  const given = amountAt(part, rule, overhead.paths);
  if (given !== undefined) return given;
  const least = amountOf({ resource }, overhead.least) ?? 0;
  return Math.max(Math.floor(amount * factorOf(part, overhead)), least);
}

function factorOf(part: Part, { factors = [], percent, percentWhen }: OverheadRule): number {
  const given = Number(valueAt(part, factors) ?? Number.NaN);
  if (given >= 0 && given <= MOST) return given;
  const isOther = percentWhen !== undefined && holds(part, percentWhen.when);
  return (isOther ? percentWhen.percent : percent) / 100;
}

/** As much as a percentage in a kind may be. */
const MOST = 10;

function amountAt(
  part: Part,
  rule: Pick<SizeRule, 'resource' | 'format'>,
  paths: readonly string[],
): number | undefined {
  return amountOf(rule, valueAt(part, paths));
}

function valueAt(part: Part, paths: readonly string[]): JsonValue | undefined {
  return paths.map((path) => placeAt(part, path)?.value).find((value) => value !== undefined);
}

function amountOf(
  { resource, format }: Pick<SizeRule, 'resource' | 'format'>,
  value: JsonValue | undefined,
): number | undefined {
  const quantity = format === 'Jvm' ? fromJvm(value) : value;
  return quantity === undefined ? undefined : parseAmounts({ [resource]: quantity }, 'up').amounts.get(resource);
}

/** What is no size of the JVM may be one of Kubernetes. */
function fromJvm(value: JsonValue | undefined): JsonValue | undefined {
  const mebibytes = typeof value === 'string' ? jvmMebibytes(value) : undefined;
  return mebibytes === undefined ? value : `${mebibytes}Mi`;
}
