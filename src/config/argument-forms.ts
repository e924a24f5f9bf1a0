import { parseExclusiveRules } from '../api/cards/exclusive-rules.ts';
import { LABEL_PATTERN, SUBDOMAIN_PATTERN } from '../api/patterns.ts';
import { dailyHours } from '../lib/daily-hours.ts';
import { durationMs } from '../lib/duration.ts';
import { parseQuantity } from '../lib/quantity.ts';
import type { ArgumentRule, TextForm } from './argument-rule.ts';

/** Far above any sensible weight: sums of scores stay exact below it. */
export const MOST_WEIGHT = 1_000_000;
/** A year. */
const MOST_SECONDS = 365 * 24 * 3600;

export function weight(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: MOST_WEIGHT, fallback: String(fallback), meaning };
}

/** A switch of Volcano for what is done in any case. */
export function always(key: string, meaning: string): ArgumentRule {
  return { key, type: 'bool', only: true, fallback: 'true', meaning };
}

export function percent(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: 100, fallback: String(fallback), meaning };
}

export function seconds(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: MOST_SECONDS, fallback: String(fallback), meaning };
}

export const HOURS: TextForm = {
  words: 'hours of the day such as 22:00-06:00',
  isOf: (text) => dailyHours(text) !== undefined,
};

/** A duration with bounds, in words and in milliseconds. */
function between([least, leastMs]: readonly [string, number], [most, mostMs]: readonly [string, number]): TextForm {
  const isOf = (text: string): boolean => {
    const ms = durationMs(text);
    return ms !== undefined && ms >= leastMs && ms <= mostMs;
  };
  return { words: `a duration from ${least} to ${most}`, isOf };
}

export const ROUND = between(['1s', 1000], ['24h', 24 * 3_600_000]);
export const BRIEF = between(['1ms', 1], ['30s', 30_000]);

export const EXCLUSIVE_RULES: TextForm = {
  words: 'a list of maps of labels, none of them empty',
  isOf: (text) => parseExclusiveRules(text) !== undefined,
};

export const OBJECT_NAME = ofPattern('the name of an object', SUBDOMAIN_PATTERN);
export const NAMESPACE_NAME = ofPattern('the name of a namespace', LABEL_PATTERN);

function ofPattern(words: string, pattern: string): TextForm {
  const form = new RegExp(pattern);
  return { words, isOf: (text) => form.test(text) };
}

export const PERIOD: TextForm = {
  words: 'a duration above 0 such as 1m30s',
  isOf: (text) => (durationMs(text) ?? 0) > 0,
};

export const AMOUNT: TextForm = {
  words: 'an amount such as 250m or 200Mi',
  isOf: (text) => (parseQuantity(text) ?? -1n) >= 0n,
};

export const VERB: TextForm = {
  words: 'a path such as jobEnqueueable',
  isOf: (text) => /^[A-Za-z0-9._~/-]+$/.test(text),
};
