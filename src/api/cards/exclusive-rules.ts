import { labelValue } from '../records/label-selector.ts';
import type { LabelPairs } from '../records/label-selector.ts';

/** Labels that a pod has, all of them, by their keys. */
export type ExclusiveRule = ReadonlyMap<string, string>;

const PAIR = /^[A-Za-z0-9]([-._A-Za-z0-9/]*[A-Za-z0-9])?=([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?$/;

/** Rules as one text, `team=a,kind=training;kind=serving`: labels with commas between them, rules with semicolons. Undefined for what is none. */
export function parseExclusiveRules(text: string): readonly ExclusiveRule[] | undefined {
  const rules = text.split(';').map((rule) => rule.split(',').map((pair) => pair.trim()));
  if (!rules.flat().every((pair) => PAIR.test(pair))) return undefined;
  return rules.map((pairs) => new Map(pairs.map((pair) => split(pair))));
}

/** The text of which `parseExclusiveRules` makes these. */
export function exclusiveRulesText(rules: readonly Readonly<Record<string, string>>[]): string {
  return rules
    .map((rule) =>
      Object.entries(rule)
        .map(([key, value]) => `${key}=${value}`)
        .join(),
    )
    .join(';');
}

/** A pod with these labels is of one of the rules. */
export function isOfRule(rules: readonly ExclusiveRule[], labels: LabelPairs): boolean {
  return rules.some((rule) => rule.entries().every(([key, value]) => labelValue(labels, key) === value));
}

function split(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
