import { REFUSED_BY_BUDGET } from '../../../engine/ports.ts';
import type { WriteOutcome } from '../../../engine/ports.ts';
import { arrayAt, isJsonObject, numberAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';

const DEFAULT_RETRY_AFTER_MS = 1000;
const MAX_RETRY_AFTER_MS = 300_000;

/** Class of an HTTP answer to a write. */
export function classifyAnswer(status: number, retryAfterMs: number | undefined, body: string): WriteOutcome {
  if (status >= 200 && status < 300) return classifySuccess(body);
  const details = parseObject(body);
  const message = stringAt(details, ['message'], body === '' ? `HTTP ${status}` : body.slice(0, 300));
  const budget = budgetsWord(details);
  if (budget !== undefined) return { kind: 'refused', code: REFUSED_BY_BUDGET, message: `${message} ${budget}`.trim() };
  if (status === 409 || (status === 422 && namesOtherUid(details))) return { kind: 'conflict', message };
  if (status === 404) return { kind: 'notFound', message };
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    const asked = retryAfterMs ?? numberAt(details, ['details', 'retryAfterSeconds'], 0) * 1000;
    const waitMs = asked > 0 ? Math.min(asked, MAX_RETRY_AFTER_MS) : DEFAULT_RETRY_AFTER_MS;
    return { kind: 'throttled', retryAfterMs: waitMs, message };
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', message };
  return { kind: 'refused', code: status, message };
}

/** A patch whose UID is that of an earlier object of the name is answered as invalid, where everything else says conflict. */
function namesOtherUid(details: JsonObject | undefined): boolean {
  return arrayAt(details, 'details', 'causes').some((cause) => stringAt(cause, ['field']) === 'metadata.uid');
}

/**
 * What a disruption budget says of an eviction that it does not allow. Its number is that of throttling, but waiting a
 * moment does not help.
 */
function budgetsWord(details: JsonObject | undefined): string | undefined {
  const cause = arrayAt(details, 'details', 'causes').find((each) => stringAt(each, ['reason']) === 'DisruptionBudget');
  return cause === undefined ? undefined : stringAt(cause, ['message']);
}

/** An empty body: the caller did not want the object. An unreadable one says nothing about what was written. */
function classifySuccess(body: string): WriteOutcome {
  if (body === '') return { kind: 'done', object: undefined };
  const object = parseObject(body);
  return object === undefined ? { kind: 'unknown', message: 'the answer is not JSON' } : { kind: 'done', object };
}

function parseObject(body: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
