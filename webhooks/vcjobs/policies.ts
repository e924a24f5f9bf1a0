import { POLICY_ACTIONS, POLICY_EVENTS } from '../../src/api/vcjob-policies.ts';
import { durationMs } from '../../src/lib/duration.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';

/** What is wrong with the policies of a job or task; `path` is that of the list. */
export function policyErrors(policies: readonly JsonValue[], path: string): readonly FieldError[] {
  const seen = { events: new Set<string>(), codes: new Set<number>() };
  const errors = policies.flatMap((policy, index) => onePolicy(policy, `${path}[${index}]`, seen));
  const isAlone = seen.events.has('*') && seen.events.size > 1;
  if (!isAlone) return errors;
  return [...errors, fieldError(path, 'FieldValueForbidden', '*', "if there's * here, no other policy should be here")];
}

interface Seen {
  readonly events: Set<string>;
  readonly codes: Set<number>;
}

function onePolicy(policy: JsonValue, path: string, seen: Seen): readonly FieldError[] {
  const exitCode = memberAt(policy, 'exitCode');
  const events = eventsOf(policy, path);
  return [
    ...actionErrors(policy, path),
    ...choiceErrors(events.length > 0, typeof exitCode === 'number', path),
    ...events.flatMap((event) => eventErrors(event, seen.events)),
    ...(typeof exitCode === 'number' ? codeErrors(exitCode, path, seen.codes) : []),
    ...timeoutErrors(policy, path),
  ];
}

interface NamedEvent {
  readonly name: string;
  readonly path: string;
}

/** The one of `event` and those of `events`; the same name twice in one policy is one. */
function eventsOf(policy: JsonValue, path: string): readonly NamedEvent[] {
  const single = stringAt(policy, ['event']);
  const list = arrayAt(policy, 'events').map((name, at) => ({
    name: stringAt({ name }, ['name']),
    path: `${path}.events[${at}]`,
  }));
  const all = [...(single === '' ? [] : [{ name: single, path: `${path}.event` }]), ...list];
  return [...new Map(all.toReversed().map((event) => [event.name, event])).values()].toReversed();
}

function actionErrors(policy: JsonValue, path: string): readonly FieldError[] {
  const action = stringAt(policy, ['action']);
  if (POLICY_ACTIONS.some((known) => known === action)) return [];
  const message = `invalid policy action; valid actions are ${POLICY_ACTIONS.join(', ')}`;
  return [fieldError(`${path}.action`, 'FieldValueNotSupported', action, message)];
}

function choiceErrors(hasEvent: boolean, hasCode: boolean, path: string): readonly FieldError[] {
  if (hasEvent && hasCode) {
    const message = 'must not specify event and exitCode simultaneously';
    return [fieldError(path, 'FieldValueForbidden', undefined, message)];
  }
  if (hasEvent || hasCode) return [];
  return [fieldError(path, 'FieldValueRequired', undefined, 'either event and exitCode should be specified')];
}

function eventErrors({ name, path }: NamedEvent, seen: Set<string>): readonly FieldError[] {
  if (!POLICY_EVENTS.some((known) => known === name)) {
    const message = `invalid policy event; valid events are ${POLICY_EVENTS.join(', ')}`;
    return [fieldError(path, 'FieldValueNotSupported', name, message)];
  }
  const isTwice = seen.has(name);
  seen.add(name);
  return isTwice
    ? // With two spaces, as people of Volcano look for it.
      [fieldError(path, 'FieldValueDuplicate', name, `duplicate event ${name}  across different policy`)]
    : [];
}

function codeErrors(code: number, path: string, seen: Set<number>): readonly FieldError[] {
  const at = `${path}.exitCode`;
  if (code === 0) return [fieldError(at, 'FieldValueInvalid', code, '0 is not a valid error code')];
  const isTwice = seen.has(code);
  seen.add(code);
  return isTwice ? [fieldError(at, 'FieldValueDuplicate', code, `duplicate exitCode ${code}`)] : [];
}

function timeoutErrors(policy: JsonValue, path: string): readonly FieldError[] {
  const timeout = stringAt(policy, ['timeout']);
  if (timeout === '' || (durationMs(timeout) ?? -1) >= 0) return [];
  return [fieldError(`${path}.timeout`, 'FieldValueInvalid', timeout, 'must be a duration such as 10m')];
}
