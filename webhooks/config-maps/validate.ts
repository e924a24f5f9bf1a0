import { POLICIES_ENABLED, POLICIES_LABEL } from '../../src/api/keys.ts';
import { readPolicyDocuments } from '../../src/api/policies/policy-documents.ts';
import type { PolicyDocument, PolicyDocuments } from '../../src/api/policies/policy-documents.ts';
import { NAMESPACED_WORKLOAD_POLICIES } from '../../src/api/resources.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { policyWarnings } from '../policies/validate.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers, Question } from '../question.ts';
import { useOf } from '../rights/queue-use.ts';
import type { Right } from '../rights/right.ts';
import { allow, forbid, refuse, UNCHANGED } from '../verdict.ts';

/** Who writes policies into a ConfigMap has to have the right to make them: another one would do without. */
export function askPolicyMap(request: AdmissionRequest): readonly Question[] {
  const { object, namespace } = request;
  if (object === undefined || !holdsPolicies(object)) return [];
  return [
    {
      kind: 'authorise',
      key: WRITE,
      verb: 'create',
      type: NAMESPACED_WORKLOAD_POLICIES,
      subresource: '',
      namespace,
      name: '',
    },
  ];
}

/** A ConfigMap of policies of its namespace: whatever each of them would be refused for. Those of Sluice's own namespace are not sent. */
export function validatePolicyMap(
  request: AdmissionRequest,
  view: ClusterView,
  answers: Answers = NO_ANSWERS,
): Verdict {
  const { object, namespace } = request;
  if (object === undefined || isBeingDeleted(request) || !holdsPolicies(object)) return UNCHANGED;
  const { documents, errors } = read(object, namespace);
  const mistakes = [...errors, ...documents.flatMap(foreign)];
  if (mistakes.length > 0) return refuse('InvalidPolicy', ...mistakes);
  const answer = answers.get(WRITE);
  const mayWrite = answer?.kind === 'authorise' ? answer.verdict : 'unknown';
  if (mayWrite !== 'allowed') return refuseWriter(request, mayWrite);
  const warnings = documents.flatMap(({ path, policy }) =>
    policyWarnings(policy, view).map((warning) => `${path}.${warning}`),
  );
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** As for a policy by itself: who sends work to a queue has to have the use of it. */
export function policyMapRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject, namespace } = request;
  if (object === undefined || !holdsPolicies(object)) return [];
  const before = oldObject !== undefined && holdsPolicies(oldObject) ? read(oldObject, namespace).documents : [];
  const known = new Set(before.map(queueOf));
  return read(object, namespace).documents.flatMap((document) => {
    const name = queueOf(document);
    return name === '' || known.has(name)
      ? []
      : useOf(request, { name, path: `${document.path}.spec.set.queue.name` }, view);
  });
}

const WRITE = 'write-policies';

function refuseWriter({ username, namespace, object }: AdmissionRequest, mayWrite: 'denied' | 'unknown'): Verdict {
  const path = `metadata.labels[${POLICIES_LABEL}]`;
  const value = stringAt(object, ['metadata', 'labels', POLICIES_LABEL]);
  const act = `create ${NAMESPACED_WORKLOAD_POLICIES.plural} in namespace ${namespace}`;
  if (mayWrite === 'denied') {
    const message = `${username} has no right to ${act}, and so none to write them into a ConfigMap`;
    return forbid('PolicyWriteDenied', fieldError(path, 'FieldValueForbidden', value, message));
  }
  const message = `it could not be found out in time whether ${username} may ${act}: try again`;
  return forbid('RightUnknown', fieldError(path, 'FieldValueForbidden', value, message));
}

function holdsPolicies(configMap: JsonObject): boolean {
  return stringAt(configMap, ['metadata', 'labels', POLICIES_LABEL]) === POLICIES_ENABLED;
}

/** A review asks about rights first and judges then: both about one text. */
const latest = new WeakMap<JsonObject, PolicyDocuments>();

function read(configMap: JsonObject, namespace: string): PolicyDocuments {
  const known = latest.get(configMap) ?? readPolicyDocuments(configMap, namespace);
  latest.set(configMap, known);
  return known;
}

function foreign({ path, type }: PolicyDocument): readonly FieldError[] {
  if (type.namespaced) return [];
  const message = 'policies of the cluster come from ConfigMaps in the namespace that Sluice runs in';
  return [fieldError(`${path}.kind`, 'FieldValueForbidden', type.kind, message)];
}

function queueOf({ policy }: PolicyDocument): string {
  return policy.settings.queue?.value ?? '';
}
