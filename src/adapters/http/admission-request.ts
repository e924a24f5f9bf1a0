import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { AdmissionRequest, Operation } from '../../../webhooks/admission.ts';

type Texts = Pick<AdmissionRequest, 'subresource' | 'namespace' | 'name'>;
type User = Pick<AdmissionRequest, 'username' | 'userGroups' | 'userUid' | 'userExtra'>;
type Resource = Pick<AdmissionRequest, 'group' | 'version' | 'resource'>;
type Objects = Pick<AdmissionRequest, 'object' | 'oldObject'>;

const MAX_UID_CHARS = 256;
/** What each operation cannot be decided without. */
const NEEDED: Readonly<Record<Operation, readonly (keyof Objects)[]>> = {
  CREATE: ['object'],
  UPDATE: ['object', 'oldObject'],
  DELETE: ['oldObject'],
  CONNECT: [],
};

/** The request of a review, or one line on why it is none. Only own members are looked at. */
export function readRequest(raw: JsonObject): AdmissionRequest | string {
  const uid = member(raw, 'uid');
  if (!isUid(uid)) return 'request.uid is missing';
  const resource = readResource(member(raw, 'resource'));
  if (resource === undefined) return 'request.resource is not a group, version and resource';
  const operation = member(raw, 'operation');
  if (!isOperation(operation)) return 'request.operation is none of CREATE, UPDATE, DELETE, CONNECT';
  const texts = readTexts(raw);
  if (texts === undefined) return 'request.subResource, namespace or name is not a string';
  const user = readUser(member(raw, 'userInfo'));
  if (user === undefined) return 'request.userInfo is no object with a username';
  const dryRun = member(raw, 'dryRun') ?? false;
  if (typeof dryRun !== 'boolean') return 'request.dryRun is not a boolean';
  const objects = readObjects(raw);
  if (objects === undefined) return 'request.object or oldObject is not an object';
  const missing = NEEDED[operation].find((key) => objects[key] === undefined);
  if (missing !== undefined) return `request.${missing} is missing for ${operation}`;
  return { uid, ...resource, operation, ...texts, ...user, ...objects, dryRun };
}

function isUid(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_UID_CHARS;
}

function isOperation(value: JsonValue | undefined): value is Operation {
  return typeof value === 'string' && Object.hasOwn(NEEDED, value);
}

function readResource(raw: JsonValue | undefined): Resource | undefined {
  const group = member(raw, 'group');
  const version = member(raw, 'version');
  const resource = member(raw, 'resource');
  if (typeof group !== 'string' || typeof version !== 'string' || typeof resource !== 'string') return undefined;
  return version === '' || resource === '' ? undefined : { group, version, resource };
}

function readTexts(raw: JsonObject): Texts | undefined {
  const subresource = optionalString(raw, 'subResource');
  const namespace = optionalString(raw, 'namespace');
  const name = optionalString(raw, 'name');
  if (subresource === undefined || namespace === undefined || name === undefined) return undefined;
  return { subresource, namespace, name };
}

/** Rights are never guessed: a group or an extra value that cannot be read is one that the user does not have. */
function readUser(userInfo: JsonValue | undefined): User | undefined {
  if (userInfo === undefined || userInfo === null) return NOBODY;
  if (!isJsonObject(userInfo)) return undefined;
  const username = optionalString(userInfo, 'username');
  if (username === undefined) return undefined;
  const extra = member(userInfo, 'extra');
  return {
    username,
    userGroups: texts(member(userInfo, 'groups')),
    userUid: optionalString(userInfo, 'uid') ?? '',
    userExtra: isJsonObject(extra) ? readExtra(extra) : NOBODY.userExtra,
  };
}

const NOBODY: User = Object.freeze({ username: '', userGroups: [], userUid: '', userExtra: {} });

function readExtra(extra: JsonObject): User['userExtra'] {
  return Object.fromEntries(Object.keys(extra).map((key) => [key, texts(extra[key])]));
}

function texts(raw: JsonValue | undefined): readonly string[] {
  return Array.isArray(raw) ? raw.filter((entry): entry is string => typeof entry === 'string') : [];
}

function readObjects(raw: JsonObject): Objects | undefined {
  const object = member(raw, 'object') ?? undefined;
  const oldObject = member(raw, 'oldObject') ?? undefined;
  return isObjectOrAbsent(object) && isObjectOrAbsent(oldObject) ? { object, oldObject } : undefined;
}

function isObjectOrAbsent(value: JsonValue | undefined): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

/** Empty when absent or null, undefined when it is something else than a string. */
function optionalString(raw: JsonObject, key: string): string | undefined {
  const found = member(raw, key) ?? '';
  return typeof found === 'string' ? found : undefined;
}
