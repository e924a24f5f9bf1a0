import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { containerErrors } from './containers.ts';
import {
  choiceErrors,
  keyProblem,
  labelProblem,
  labelValueProblem,
  nameErrors,
  required,
  subdomainProblem,
} from './names.ts';
import { tolerationErrors } from './tolerations.ts';
import { volumeErrors } from './volumes.ts';

/**
 * What an API server would have against pods from a template, told before there is one: names and keys, containers with
 * their ports, variables, mounts and resources, volumes, policies, tolerations, times. Probes, hooks, security contexts,
 * affinity and spread constraints are left to the API server, which refuses the pods. O(size).
 */
export function templateErrors(template: JsonObject, path: string): readonly FieldError[] {
  const spec = objectAt(template, 'spec');
  const at = `${path}.spec`;
  const volumes = new Set(arrayAt(spec, 'volumes').map((volume) => stringAt(volume, ['name'])));
  return [
    ...metadataErrors(objectAt(template, 'metadata'), `${path}.metadata`),
    ...volumeErrors(arrayAt(spec, 'volumes'), `${at}.volumes`),
    ...containerErrors(spec, at, volumes),
    ...policyErrors(spec, at),
    ...nameFieldErrors(spec, at),
    ...timeErrors(spec, at),
    ...labelErrors(objectAt(spec, 'nodeSelector'), `${at}.nodeSelector`),
    ...tolerationErrors(arrayAt(spec, 'tolerations'), `${at}.tolerations`),
  ];
}

function metadataErrors(metadata: JsonObject, path: string): readonly FieldError[] {
  const annotations = Object.keys(objectAt(metadata, 'annotations'));
  return [
    ...labelErrors(objectAt(metadata, 'labels'), `${path}.labels`),
    // Kubernetes lets annotations' keys be in capitals, too.
    ...annotations.flatMap((key) => nameErrors(`${path}.annotations`, key.toLowerCase(), keyProblem)),
  ];
}

function labelErrors(labels: JsonObject, path: string): readonly FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...nameErrors(path, key, keyProblem),
    ...nameErrors(keyPath(path, key), typeof value === 'string' ? value : '', labelValueProblem),
  ]);
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

function policyErrors(spec: JsonObject, at: string): readonly FieldError[] {
  const dns = stringAt(spec, ['dnsPolicy']);
  const servers = arrayAt(spec, 'dnsConfig', 'nameservers');
  return [
    ...choiceErrors(`${at}.restartPolicy`, stringAt(spec, ['restartPolicy']), RESTART_POLICIES),
    ...choiceErrors(`${at}.dnsPolicy`, dns, DNS_POLICIES),
    ...(dns === 'None' && servers.length === 0
      ? [required(`${at}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
      : []),
    ...choiceErrors(`${at}.preemptionPolicy`, stringAt(spec, ['preemptionPolicy']), PREEMPTION_POLICIES),
  ];
}

const NAME_FIELDS = [
  ['hostname', labelProblem],
  ['subdomain', labelProblem],
  ['serviceAccountName', subdomainProblem],
  ['priorityClassName', subdomainProblem],
  ['runtimeClassName', subdomainProblem],
] as const;

function nameFieldErrors(spec: JsonObject, at: string): readonly FieldError[] {
  return NAME_FIELDS.flatMap(([field, problem]) => {
    const text = stringAt(spec, [field]);
    return text === '' ? [] : nameErrors(`${at}.${field}`, text, problem);
  });
}

function timeErrors(spec: JsonObject, at: string): readonly FieldError[] {
  const active = memberAt(spec, 'activeDeadlineSeconds');
  if (typeof active !== 'number' || (active >= 1 && active <= MAX_SECONDS)) return [];
  const message = `must be between 1 and ${MAX_SECONDS}, inclusive`;
  return [fieldError(`${at}.activeDeadlineSeconds`, 'FieldValueInvalid', active, message)];
}

const MAX_SECONDS = 2_147_483_647;
