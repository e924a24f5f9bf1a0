import { mayOverlap } from '../../api/policies/overlap.ts';
import { PRIORITY_CLASSES, QUEUES, RUNTIME_CLASSES, WORKLOAD_KINDS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Place } from './manifest.ts';
import { offlineKinds } from './offline-rows.ts';
import type { OfflineKinds } from './offline-rows.ts';
import type { PolicyBook, PolicyEntry } from './policy-book.ts';
import { isReviewedResource } from './reviewed-types.ts';
import { isOf } from './sorts.ts';
import { exportVap } from './vap/export-vap.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Something that is worth a look. */
export interface LintFinding extends Place {
  readonly file: string;
  readonly severity: Severity;
  readonly code: LintCode;
  /** Id of the policy; empty where it has none. */
  readonly policy: string;
  readonly message: string;
}

export const LINT_CODES = {
  Invalid: 'The policy cannot be read: it breaks its schema, or an expression does not compile.',
  Blocked: 'The policy does nothing: one that comes first writes a label that it selects by.',
  Conflict: 'A policy that comes first decides about this field.',
  Unreachable: 'Nothing can be meant: what is matched is excluded, or no object can be so.',
  UnknownKind: 'No rule looks at objects of this kind.',
  ReferenceNotFound: 'What is named is not among the objects that were given.',
  WritesNothing: 'A dry run only tells.',
  NotPortable: 'Cannot be exported as a ValidatingAdmissionPolicy.',
} as const;

export type LintCode = keyof typeof LINT_CODES;

/** All that can be told without an object: in the order of files and lines. Pure. */
export function lintPolicies(
  { entries, mistakes }: PolicyBook,
  context: readonly JsonObject[],
): readonly LintFinding[] {
  const kinds = offlineKinds(context.filter((object) => isOf(object, WORKLOAD_KINDS)));
  const found: readonly LintFinding[] = [
    ...mistakes.map(({ file, place, message }): LintFinding => ({
      file,
      ...place,
      severity: 'error',
      code: 'Invalid',
      policy: '',
      message,
    })),
    ...entries.flatMap((entry) => [
      ...conflicts(entry),
      ...unreachable(entry),
      ...unknownKinds(entry, kinds),
      ...missingReferences(entry, context),
      ...trials(entry),
    ]),
    ...notPortable(entries),
  ];
  return found.toSorted(byPlace);
}

function byPlace(a: LintFinding, b: LintFinding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1);
}

function finding(
  { policy, manifest }: PolicyEntry,
  path: string,
  [severity, code, message]: readonly [Severity, LintCode, string],
): LintFinding {
  return { file: manifest.file, ...manifest.placeOf(path), severity, code, policy: policy.id, message };
}

function conflicts(entry: PolicyEntry): readonly LintFinding[] {
  return entry.conflicts.map(({ path, effect, message }) =>
    finding(entry, path, effect === 'blocked' ? ['error', 'Blocked', message] : ['warning', 'Conflict', message]),
  );
}

/** Whoever does not overlap with itself is for nothing. */
function unreachable(entry: PolicyEntry): readonly LintFinding[] {
  const { policy } = entry;
  if (mayOverlap(policy, policy)) return [];
  const message = 'spec.match: nothing can be meant: what it matches is excluded, or its labels contradict each other';
  return [finding(entry, 'spec.match', ['error', 'Unreachable', message])];
}

function unknownKinds(entry: PolicyEntry, kinds: OfflineKinds): readonly LintFinding[] {
  return (entry.policy.match.objects ?? []).flatMap(({ group, resource }, index) => {
    if (isReviewedResource(group, resource, kinds)) return [];
    const path = `spec.match.objects[${index}]`;
    const kind = group === '' ? resource : `${resource}.${group}`;
    return [finding(entry, path, ['warning', 'UnknownKind', `${path}: no rule looks at ${kind}`])];
  });
}

const REFERENCES = [
  ['queue', QUEUES],
  ['priorityClass', PRIORITY_CLASSES],
  ['runtimeClass', RUNTIME_CLASSES],
] as const;

/** Only kinds of which some object was given can lack one. */
function missingReferences(entry: PolicyEntry, context: readonly JsonObject[]): readonly LintFinding[] {
  return REFERENCES.flatMap(([setting, type]) => {
    const name = entry.policy.settings[setting]?.value;
    const known = namesOf(context, type);
    if (name === undefined || known.length === 0 || known.includes(name)) return [];
    const path = `spec.set.${setting}.name`;
    return [
      finding(entry, path, [
        'warning',
        'ReferenceNotFound',
        `${path}: there is no ${type.kind} ${name} among the objects`,
      ]),
    ];
  });
}

function namesOf(context: readonly JsonObject[], type: ResourceType): readonly string[] {
  return context.filter((object) => isOf(object, type)).map((object) => stringAt(object, ['metadata', 'name']));
}

function trials(entry: PolicyEntry): readonly LintFinding[] {
  if (entry.policy.enforcement !== 'DryRun') return [];
  const message = 'spec.enforcement: DryRun writes nothing; it is told what would be written';
  return [finding(entry, 'spec.enforcement', ['info', 'WritesNothing', message])];
}

function notPortable(entries: readonly PolicyEntry[]): readonly LintFinding[] {
  return entries.flatMap((entry) =>
    exportVap([entry]).leftOut.map((line) => {
      const message = line.slice(entry.policy.id.length + 2);
      return finding(entry, message.split(':')[0] ?? '', ['info', 'NotPortable', message]);
    }),
  );
}
