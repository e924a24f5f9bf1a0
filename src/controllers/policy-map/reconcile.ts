import { POLICIES_PROBLEM_ANNOTATION, POLICY_SOURCE_ANNOTATION } from '../../api/keys.ts';
import type { PolicyDocument } from '../../api/policies/policy-documents.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { PolicyMapRecord } from '../../api/records/policy-map-record.ts';
import type { PolicyRecord } from '../../api/records/policy-record.ts';
import { apiVersion, CONFIG_MAPS, NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES } from '../../api/resources.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import type { JsonObject } from '../../lib/json.ts';
import { mergePatch } from '../../lib/merge-patch.ts';
import { saysTheSame } from '../../lib/same.ts';
import { eventOnce } from '../effect.ts';
import type { Effect, ObjectRef } from '../effect.ts';

/** All that decides what becomes of the policies of one ConfigMap. */
export interface ObservedPolicyMap {
  /** Of the ConfigMap, whether it is there or not. */
  readonly key: string;
  /** Undefined when it is gone, or holds no policies any more. */
  readonly map: PolicyMapRecord | undefined;
  /** Where Sluice runs: only from there come policies of the cluster. */
  readonly ownNamespace: string;
  /** The policies that were made from it. */
  readonly made: readonly PolicyRecord[];
  /** The policy of that key, whoever made it. */
  readonly policyOf: (key: string) => PolicyRecord | undefined;
  readonly told: ReadonlySet<string>;
}

/** Keeps the policies as the ConfigMap has them. While it has a mistake they stay as they are, and that is told. */
export function reconcilePolicyMap(observed: ObservedPolicyMap): readonly Effect[] {
  const { map, made, key } = observed;
  if (map === undefined) return made.flatMap((record) => remove(record, refOf(undefined, key)));
  const mistakes = [...map.errors.map(formatFieldError), ...foreign(map, observed.ownNamespace)];
  if (mistakes.length > 0) return tell(map, 'PolicyNotReadable', mistakes, observed.told);
  const about = refOf(map, key);
  const wanted = new Set(map.documents.map(({ policy }) => policy.id));
  const taken = map.documents.filter(({ policy }) => isTaken(observed.policyOf(policy.id), key));
  return [
    ...map.documents
      .filter((document) => !taken.includes(document))
      .flatMap((document) => keep(document, observed.policyOf(document.policy.id), about)),
    ...made.filter((record) => !wanted.has(record.key)).flatMap((record) => remove(record, about)),
    ...tell(map, 'PolicyNameTaken', taken.map(takenText), observed.told),
  ];
}

function foreign({ namespace, documents }: PolicyMapRecord, ownNamespace: string): readonly string[] {
  if (namespace === ownNamespace) return [];
  return documents
    .filter(({ type }) => !type.namespaced)
    .map(({ path }) => `${path}.kind: policies of the cluster come from ConfigMaps in namespace ${ownNamespace}`);
}

function isTaken(record: PolicyRecord | undefined, key: string): boolean {
  return record !== undefined && record.source !== key;
}

function takenText({ path, type, policy }: PolicyDocument): string {
  return `${path}.metadata.name: there is a ${type.kind} ${policy.name} already that does not come from here`;
}

function keep(
  { type, spec, policy }: PolicyDocument,
  record: PolicyRecord | undefined,
  about: ObjectRef,
): readonly Effect[] {
  const { namespace, name } = policy;
  const at = { type, namespace, name, regarding: about };
  if (record === undefined) {
    const annotations = { [POLICY_SOURCE_ANNOTATION]: `${about.namespace}/${about.name}` };
    const metadata = { name, ...(namespace === '' ? {} : { namespace }), annotations };
    return [{ kind: 'create', ...at, body: { apiVersion: apiVersion(type), kind: type.kind, metadata, spec } }];
  }
  if (record.deleting || (record.policy !== undefined && saysTheSame(record.policy, policy))) return [];
  // What is stored there is not known: it is made anew.
  if (record.policy === undefined || record.goodSpec === '') return remove(record, about);
  const change = mergePatch(JSON.parse(record.goodSpec) as JsonObject, spec) ?? {};
  const { uid, resourceVersion } = record;
  return [{ kind: 'patch', ...at, precondition: { uid, resourceVersion }, body: { spec: change } }];
}

function remove(record: PolicyRecord, about: ObjectRef): readonly Effect[] {
  const { namespace, name, uid, resourceVersion, deleting } = record;
  if (deleting) return [];
  const type = namespace === '' ? WORKLOAD_POLICIES : NAMESPACED_WORKLOAD_POLICIES;
  const precondition = { uid, resourceVersion };
  return [{ kind: 'delete', type, namespace, name, regarding: about, precondition, propagation: 'Background' }];
}

const MOST_TOLD = 1000;

/** The annotation stays for as long as there is something to say, the event is told once. */
function tell(
  map: PolicyMapRecord,
  reason: ReasonCode,
  problems: readonly string[],
  told: ReadonlySet<string>,
): readonly Effect[] {
  const note = problems.join('; ').slice(0, MOST_TOLD);
  const { namespace, name, uid, resourceVersion } = map;
  const regarding = refOf(map, map.key);
  const value = note === '' ? null : note;
  const body = { metadata: { annotations: { [POLICIES_PROBLEM_ANNOTATION]: value } } };
  const precondition = { uid, resourceVersion };
  return [
    ...(note === '' ? [] : eventOnce({ regarding, type: 'Warning', reason, action: 'ReadingPolicies', note }, told)),
    ...(note === map.problem
      ? []
      : [{ kind: 'patch', type: CONFIG_MAPS, namespace, name, regarding, precondition, body } as const]),
  ];
}

/** One that is gone has no UID, and nobody is told about it. */
function refOf(map: PolicyMapRecord | undefined, key: string): ObjectRef {
  const [namespace = '', name = ''] = key.split('/');
  return { type: CONFIG_MAPS, namespace, name, uid: map?.uid ?? '' };
}
