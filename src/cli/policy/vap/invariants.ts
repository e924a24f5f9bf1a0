import {
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../../api/keys.ts';
import type { Policy, PolicySettings, PolicyToleration, PolicyValue } from '../../../api/records/policy.ts';
import type { NodeRequirement } from '../../../api/records/scheduling-shape.ts';
import type { PolicyEntry } from '../policy-book.ts';
import type { ExportTarget } from './targets.ts';
import { allOf, anyOf, hasKey, hasValue, isThere, quoted, quotedList } from './text.ts';

/** What holds of every object that the policy was for, once it was written. */
export interface Invariant {
  readonly expression: string;
  readonly message: string;
}

/** What of a policy can be said to the API server, and what cannot. */
export interface Invariants {
  readonly invariants: readonly Invariant[];
  /** Paths in the policy with the reason. */
  readonly leftOut: readonly string[];
}

/** Only what is sure: whatever the webhooks let through has to pass. */
export function invariantsOf(entry: PolicyEntry, target: ExportTarget): Invariants {
  const parts = [
    queueInvariant(entry, target),
    classInvariant(entry, target, 'priorityClass', 'priorityClassName'),
    classInvariant(entry, target, 'runtimeClass', 'runtimeClassName'),
    mapInvariants(entry, target, 'labels'),
    mapInvariants(entry, target, 'annotations'),
    placement(entry.policy, target),
    entry.policy.settings.minMembers === undefined
      ? NOTHING
      : leaveOut('spec.set.gang', 'how many start together is known from the plan that Sluice makes'),
  ];
  return {
    invariants: parts.flatMap(({ invariants }) => invariants),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  };
}

const NOTHING: Invariants = { invariants: [], leftOut: [] };

function leaveOut(path: string, reason: string): Invariants {
  return { invariants: [], leftOut: [`${path}: ${reason}`] };
}

function says(expression: string, message: string): Invariants {
  return { invariants: [{ expression, message }], leftOut: [] };
}

/** A value that is the policy's own in the end; else all that is sure is that there is one: whoever comes first decides, and may keep another. */
function isCertain(
  { policy, earlier }: PolicyEntry,
  { onConflict }: PolicyValue<unknown>,
  isSetBy: (settings: PolicySettings) => boolean,
): boolean {
  if (earlier.some(({ settings }) => isSetBy(settings))) return false;
  return onConflict === 'Override' || (onConflict === 'RejectOnConflict' && policy.enforcement === 'Enforce');
}

/** What does not exist is left out of the object, unless the policy refuses then. */
function mayBeLeftOut({ onMissingReference, enforcement }: Policy): string | undefined {
  return onMissingReference === 'Deny' && enforcement === 'Enforce'
    ? undefined
    : 'what it names is left out where it does not exist; with onMissingReference: Deny it could be exported';
}

/** Who names a group that is there has its queue; a plan of Sluice's own has the one of the policy. */
function queueInvariant(entry: PolicyEntry, { pod, queueAt }: ExportTarget): Invariants {
  const { policy } = entry;
  const { queue } = policy.settings;
  if (queue === undefined) return NOTHING;
  const unsure = mayBeLeftOut(policy);
  if (unsure !== undefined) return leaveOut('spec.set.queue', unsure);
  const isOwn = isCertain(entry, queue, (settings) => settings.queue !== undefined);
  const places = queueAt.flatMap((metadata) =>
    [['labels', QUEUE_NAME_LABEL] as const, ['annotations', QUEUE_NAME_ANNOTATION] as const].map(([map, key]) =>
      isOwn ? hasValue(metadata, map, key, [queue.value]) : hasKey(metadata, map, key),
    ),
  );
  const joins = `${hasKey(`${pod}.metadata`, 'annotations', GROUP_NAME_ANNOTATION)} && !(${hasKey('object.metadata', 'annotations', GROUP_PLAN_ANNOTATION)})`;
  return says(anyOf([...places, joins]), isOwn ? `the queue has to be ${queue.value}` : 'a queue has to be named');
}

function classInvariant(
  entry: PolicyEntry,
  { pod }: ExportTarget,
  setting: 'priorityClass' | 'runtimeClass',
  field: string,
): Invariants {
  const value = entry.policy.settings[setting];
  if (value === undefined) return NOTHING;
  const unsure = mayBeLeftOut(entry.policy);
  if (unsure !== undefined) return leaveOut(`spec.set.${setting}`, unsure);
  const path = `${pod}.spec.${field}`;
  if (!isCertain(entry, value, (settings) => settings[setting] !== undefined))
    return says(`has(${path})`, `${field} has to be set`);
  return says(`has(${path}) && ${path} == ${quoted(value.value)}`, `${field} has to be ${value.value}`);
}

/** A label by which an owner selects its pods is never replaced, so of labels it is sure only that they are there. */
function mapInvariants(entry: PolicyEntry, { pod }: ExportTarget, map: 'labels' | 'annotations'): Invariants {
  const entries = entry.policy.settings[map];
  if (entries === undefined) return NOTHING;
  const metadata = `${pod}.metadata`;
  const invariants = Object.entries(entries.value).map(([key, value]): Invariant => {
    const isOwn =
      map === 'annotations' && isCertain(entry, entries, (settings) => Object.hasOwn(settings[map]?.value ?? {}, key));
    return isOwn
      ? { expression: hasValue(metadata, map, key, [value]), message: `the annotation ${key} has to be ${value}` }
      : { expression: hasKey(metadata, map, key), message: `${key} has to be among the ${map}` };
  });
  return { invariants, leftOut: [] };
}

/** These add up over all policies, so each is sure. */
function placement(
  { settings: { tolerations, nodeRequirements, schedulingGate } }: Policy,
  { pod }: ExportTarget,
): Invariants {
  return {
    leftOut: [],
    invariants: [
      ...tolerations.map((one) => ({
        expression: tolerates(pod, one),
        message: `the taint ${one.key === '' ? '*' : one.key}${one.effect === '' ? '' : `:${one.effect}`} has to be tolerated`,
      })),
      ...nodeRequirements.map((one) => ({
        expression: requires(pod, one),
        message: `each term of the node affinity has to require ${[one.key, one.operator, ...one.values].join(' ')}`,
      })),
      ...(schedulingGate === ''
        ? []
        : [
            {
              expression: isGated(pod, schedulingGate),
              message: `the scheduling gate ${schedulingGate} has to be there`,
            },
          ]),
    ],
  };
}

/** The same or a wider toleration. */
function tolerates(pod: string, { key, operator, value, effect, tolerationSeconds }: PolicyToleration): string {
  const exists = 'has(t.operator) && t.operator == "Exists"';
  const fits = allOf([
    anyOf([`has(t.key) && t.key == ${quoted(key)}`, `(!has(t.key) || t.key == "") && ${exists}`]),
    anyOf([exists, ...(operator === 'Equal' ? [`(has(t.value) ? t.value : "") == ${quoted(value)}`] : [])]),
    anyOf(['!has(t.effect)', `t.effect in ${quotedList([...new Set(['', effect])])}`]),
    tolerationSeconds === undefined
      ? '!has(t.tolerationSeconds)'
      : `!has(t.tolerationSeconds) || t.tolerationSeconds >= ${tolerationSeconds}`,
  ]);
  return `has(${pod}.spec.tolerations) && ${pod}.spec.tolerations.exists(t, ${fits})`;
}

/** A term without expressions matches no node, and stays as it is. */
function requires(pod: string, { key, operator, values }: NodeRequirement): string {
  const members = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  const same = allOf([
    `e.key == ${quoted(key)}`,
    `e.operator == ${quoted(operator)}`,
    values.length === 0
      ? '!has(e.values) || size(e.values) == 0'
      : `has(e.values) && e.values.all(v, v in ${quotedList(values)}) && ${allOf(values.map((value) => `${quoted(value)} in e.values`))}`,
  ]);
  const isEmpty = ['matchExpressions', 'matchFields'].map((field) => `!has(t.${field}) || size(t.${field}) == 0`);
  const terms = [`${pod}.spec`, ...members].join('.');
  const each = anyOf([allOf(isEmpty), `has(t.matchExpressions) && t.matchExpressions.exists(e, ${same})`]);
  return `${isThere(`${pod}.spec`, ...members)} && ${terms}.all(t, ${each})`;
}

function isGated(pod: string, gate: string): string {
  return `has(${pod}.spec.schedulingGates) && ${pod}.spec.schedulingGates.exists(g, g.name == ${quoted(gate)})`;
}
