import { OWN_NAME, OWN_SECRETS, SUBMITTER_SECRET } from '../../src/api/access.ts';
import {
  apiVersion,
  LEASES,
  MUTATING_WEBHOOKS,
  NAMESPACES,
  SECRETS,
  VALIDATING_WEBHOOKS,
} from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { CONFIGURATION_NAME } from '../../webhooks/configurations.ts';
import { VOLCANO_CONFIGURATIONS } from '../../webhooks/volcano/configurations.ts';
import { CERTIFICATE_SECRETS, injection } from './cert-manager.ts';
import type { Document } from './document.ts';
import { everywhere, labels, own } from './labels.ts';
import { NAME, WEBHOOK_ACCOUNT } from './settings.ts';
import type { Settings } from './settings.ts';

/**
 * The webhook configurations without entries. The running server fills them in, since which kinds there are is known only
 * there; it may not make or delete them, so taking them away is what ends the interception.
 */
export function emptyConfigurations(settings: Settings): readonly JsonObject[] {
  const own = [VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS].map((type) => ({ type, name: CONFIGURATION_NAME }));
  const all = settings.volcano === undefined ? own : [...own, ...VOLCANO_CONFIGURATIONS];
  return all.map(({ type, name }) => ({
    apiVersion: apiVersion(type),
    kind: type.kind,
    metadata: { ...everywhere(name, settings), ...injection(settings) },
  }));
}

/** The namespace, in which only restricted pods run. */
export function namespaceObject(settings: Settings): JsonObject {
  const modes = ['enforce', 'audit', 'warn'].map(
    (mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'] as const,
  );
  return {
    apiVersion: apiVersion(NAMESPACES),
    kind: NAMESPACES.kind,
    metadata: { name: settings.namespace, labels: { ...labels(settings), ...Object.fromEntries(modes) } },
  };
}

/**
 * What the server or cert-manager writes as it runs, without content: whoever removes the installation removes these with it. No Secret has
 * a type, which could not be changed when the server makes one anew.
 */
export function writtenObjects(settings: Settings): readonly Document[] {
  const secrets = settings.certificates === 'built-in' ? OWN_SECRETS.map((name) => ({ name })) : CERTIFICATE_SECRETS;
  return [
    { object: emptyObject(SECRETS, SUBMITTER_SECRET, settings) },
    ...secrets.map(({ name, ...rest }) => ({ object: emptyObject(SECRETS, name, settings), ...rest })),
    ...OWN_NAME.map((name) => ({ object: emptyObject(LEASES, name, settings) })),
  ];
}

function emptyObject(type: ResourceType, name: string, settings: Settings): JsonObject {
  return { apiVersion: apiVersion(type), kind: type.kind, metadata: own(name, settings) };
}

/** Who the pods are to the API server: those that write, and those that only read. */
export function serviceAccounts(settings: Settings): readonly JsonObject[] {
  return [NAME, WEBHOOK_ACCOUNT].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: own(name, settings),
    automountServiceAccountToken: false,
  }));
}
