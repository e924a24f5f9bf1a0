import { isUtf8 } from 'node:buffer';
import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { AdmissionRequest, Operation } from '../../../webhooks/admission.ts';
import { scanJson } from './json-scan.ts';

/** A review's request, or one line on why the bytes are no review. */
export type Decoded =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | { readonly kind: 'refused'; readonly message: string };

/** Two objects of at most 3 MiB each, as the API server lets through, and an envelope. */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;
/** Real workloads stay under 20. */
export const MAX_DEPTH = 64;
/** Two objects of 1.5 MiB, as etcd stores them, with one value every 16 bytes. */
export const MAX_ELEMENTS = 200_000;

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';
const MAX_UID_CHARS = 256;

/**
 * Reads an AdmissionReview v1. Only own members are looked at, and each that a decision depends on must have its type:
 * whatever is unclear is refused, and the webhook's failure policy at the API server decides.
 */
export function decodeReview(bytes: Buffer): Decoded {
  if (bytes.length > MAX_BODY_BYTES) return refused('the body is larger than 7 MiB');
  const extent = scanJson(bytes);
  if (extent.depth > MAX_DEPTH) return refused(`the body nests deeper than ${MAX_DEPTH} levels`);
  if (extent.elements > MAX_ELEMENTS) return refused(`the body has more than ${MAX_ELEMENTS} values`);
  // The parser would quietly put U+FFFD in place of broken bytes, and names would no longer be what was sent.
  if (!isUtf8(bytes)) return refused('the body is not UTF-8');
  const root = parse(bytes);
  if (!isJsonObject(root)) return refused('the body is not a JSON object');
  if (member(root, 'apiVersion') !== API_VERSION || member(root, 'kind') !== KIND) {
    return refused(`the body is not an ${API_VERSION} ${KIND}`);
  }
  const request = member(root, 'request');
  return isJsonObject(request) ? readRequest(request) : refused('the review has no request');
}

function readRequest(raw: JsonObject): Decoded {
  const uid = member(raw, 'uid');
  if (typeof uid !== 'string' || uid === '' || uid.length > MAX_UID_CHARS) return refused('request.uid is missing');
  const resource = readResource(member(raw, 'resource'));
  if (resource === undefined) return refused('request.resource is not a group, version and resource');
  const operation = member(raw, 'operation');
  if (!isOperation(operation)) return refused('request.operation is none of CREATE, UPDATE, DELETE, CONNECT');
  const subresource = optionalString(raw, 'subResource');
  const namespace = optionalString(raw, 'namespace');
  const name = optionalString(raw, 'name');
  const username = readUsername(member(raw, 'userInfo'));
  if (subresource === undefined || namespace === undefined || name === undefined || username === undefined) {
    return refused('request.subResource, namespace, name or userInfo.username is not a string');
  }
  const dryRun = member(raw, 'dryRun') ?? false;
  if (typeof dryRun !== 'boolean') return refused('request.dryRun is not a boolean');
  const objects = readObjects(raw, operation);
  if (typeof objects === 'string') return refused(objects);
  return {
    kind: 'request',
    request: { uid, ...resource, subresource, operation, namespace, name, username, ...objects, dryRun },
  };
}

function readResource(raw: JsonValue | undefined): Pick<AdmissionRequest, 'group' | 'version' | 'resource'> | undefined {
  const group = member(raw, 'group');
  const version = member(raw, 'version');
  const resource = member(raw, 'resource');
  if (typeof group !== 'string' || typeof version !== 'string' || typeof resource !== 'string') return undefined;
  return version === '' || resource === '' ? undefined : { group, version, resource };
}

/** The objects that the operation comes with, or what is wrong with them. */
function readObjects(raw: JsonObject, operation: Operation): Pick<AdmissionRequest, 'object' | 'oldObject'> | string {
  const object = member(raw, 'object') ?? undefined;
  const oldObject = member(raw, 'oldObject') ?? undefined;
  if (object !== undefined && !isJsonObject(object)) return 'request.object is not an object';
  if (oldObject !== undefined && !isJsonObject(oldObject)) return 'request.oldObject is not an object';
  const needsObject = operation === 'CREATE' || operation === 'UPDATE';
  const needsOldObject = operation === 'UPDATE' || operation === 'DELETE';
  if (needsObject && object === undefined) return `request.object is missing for ${operation}`;
  if (needsOldObject && oldObject === undefined) return `request.oldObject is missing for ${operation}`;
  return { object, oldObject };
}

function readUsername(userInfo: JsonValue | undefined): string | undefined {
  if (userInfo === undefined || userInfo === null) return '';
  return isJsonObject(userInfo) ? optionalString(userInfo, 'username') : undefined;
}

/** Empty when absent or null, undefined when it is something else than a string. */
function optionalString(raw: JsonObject, key: string): string | undefined {
  const found = member(raw, key) ?? '';
  return typeof found === 'string' ? found : undefined;
}

function isOperation(value: JsonValue | undefined): value is Operation {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE' || value === 'CONNECT';
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(message: string): Decoded {
  return { kind: 'refused', message };
}
