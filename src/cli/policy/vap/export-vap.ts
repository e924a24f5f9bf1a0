import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../../../api/keys.ts';
import type { ResourceType } from '../../../api/resources.ts';
import type { JsonObject, JsonValue } from '../../../lib/json.ts';
import type { PolicyEntry } from '../policy-book.ts';
import { invariantsOf } from './invariants.ts';
import type { Invariant } from './invariants.ts';
import { meantExpression, podIsThere } from './meant.ts';
import { EXPORT_TARGETS } from './targets.ts';
import type { ExportTarget } from './targets.ts';

/** Policies as the API server can keep them by itself. */
export interface VapExport {
  /** Each ValidatingAdmissionPolicy with its binding. */
  readonly objects: readonly JsonObject[];
  /** What could not be said, a line each, beginning with the policy. */
  readonly leftOut: readonly string[];
}

/** Exports what surely holds of new objects once the policies were for them. Pure. */
export function exportVap(entries: readonly PolicyEntry[]): VapExport {
  const objects: JsonObject[] = [];
  const leftOut = new Set<string>();
  for (const entry of entries) {
    const why = whyNot(entry);
    if (why !== undefined) {
      leftOut.add(`${entry.policy.id}: ${why}`);
      continue;
    }
    for (const target of EXPORT_TARGETS) {
      const types = typesOf(entry, target);
      if (types.length === 0) continue;
      const { invariants, leftOut: unsaid } = invariantsOf(entry, target);
      for (const line of unsaid) leftOut.add(`${entry.policy.id}: ${line}`);
      if (invariants.length > 0) objects.push(...policyAndBinding(entry, target, types, invariants));
    }
    for (const kind of otherKinds(entry)) {
      leftOut.add(
        `${entry.policy.id}: spec.match.objects: where the pods of ${kind} stand is not known to the API server`,
      );
    }
  }
  return { objects, leftOut: [...leftOut] };
}

/** Why nothing of a policy can be exported. */
function whyNot({ policy, conflicts }: PolicyEntry): string | undefined {
  if (policy.enforcement === 'DryRun') return 'spec.enforcement: a dry run writes nothing';
  if (conflicts.some(({ effect }) => effect === 'blocked')) return 'it is out of force: another policy comes first';
  if (policy.match.roots !== undefined) {
    return 'spec.match.roots: the API server does not know what an object is part of';
  }
  if (policy.match.when !== undefined || policy.exclude.when !== undefined) {
    return 'spec.match.when: it was asked about the object as it came, and the API server sees it as it became';
  }
  return undefined;
}

function typesOf({ policy }: PolicyEntry, { types }: ExportTarget): readonly ResourceType[] {
  const named = (type: ResourceType, list: typeof policy.match.objects): boolean =>
    list?.some(({ group, resource }) => group === type.group && (resource === '*' || resource === type.plural)) ===
    true;
  return types.filter(
    (type) =>
      (policy.match.objects === undefined || named(type, policy.match.objects)) && !named(type, policy.exclude.objects),
  );
}

function otherKinds({ policy }: PolicyEntry): readonly string[] {
  const known = EXPORT_TARGETS.flatMap(({ types }) => types);
  return (policy.match.objects ?? [])
    .filter(
      ({ group, resource }) =>
        !known.some((type) => type.group === group && (resource === '*' || type.plural === resource)),
    )
    .map(({ group, resource }) => (group === '' ? resource : `${resource}.${group}`));
}

function policyAndBinding(
  { policy }: PolicyEntry,
  target: ExportTarget,
  types: readonly ResourceType[],
  invariants: readonly Invariant[],
): readonly JsonObject[] {
  const name = `sluice.${policy.id.replaceAll('/', '.')}.${target.name}`;
  const metadata = { name, annotations: { 'sluice.dev/exported-from': policy.id } };
  const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const spec: JsonObject = {
    failurePolicy: 'Fail',
    matchConstraints: {
      namespaceSelector: { matchLabels: { [ADMISSION_LABEL]: ADMISSION_ENABLED } },
      resourceRules: types.map(resourceRule),
    },
    variables: [{ name: 'meant', expression: `${podIsThere(target)} && ${meantExpression(policy, target)}` }],
    validations: invariants.map(({ expression, message }) => ({
      expression: `!variables.meant || (${expression})`,
      message: `policy ${policy.id}: ${message}`,
    })),
  };
  const validationActions = [policy.enforcement === 'Enforce' ? 'Deny' : 'Warn'];
  return [
    { ...api, kind: 'ValidatingAdmissionPolicy', metadata, spec },
    { ...api, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: { policyName: name, validationActions } },
  ];
}

function resourceRule({ group, version, plural }: ResourceType): JsonValue {
  return { apiGroups: [group], apiVersions: [version], resources: [plural], operations: ['CREATE'] };
}
