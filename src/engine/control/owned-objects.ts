import { apiVersion } from '../../api/resources.ts';
import type { DropOwnedEffect, KeepOwnedEffect, ObjectRef, OwnedEffect } from '../../controllers/effect.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { ClusterWriter, KeyMaker, WriteOutcome, WriteRequest } from '../ports.ts';

export interface OwnedPorts {
  readonly writer: ClusterWriter;
  readonly keys: KeyMaker;
  /** The object is another's: nothing was done to it. */
  readonly onTaken: (note: string) => void;
}

/** What became of it, in the words of its last write: a conflict is for another try. */
export function applyOwned(effect: OwnedEffect, ports: OwnedPorts): Promise<WriteOutcome> {
  return effect.kind === 'keepOwned' ? keep(effect, ports) : drop(effect, ports);
}

const DONE: WriteOutcome = { kind: 'done', object: undefined };

async function keep(effect: KeepOwnedEffect, ports: OwnedPorts): Promise<WriteOutcome> {
  const whole = await generated(effect, ports.keys);
  const made = await ports.writer.write({
    ...request(effect),
    verb: 'create',
    body: { ...whole, metadata: { name: effect.name, ownerReferences: [ownerReference(effect.regarding)] } },
  });
  if (made.kind !== 'conflict') return made;
  const found = await ports.writer.write({ ...request(effect), verb: 'get', body: undefined });
  if (found.kind === 'notFound') return made;
  return found.kind === 'done' ? meet(effect, whole, objectAt(found, 'object'), ports) : found;
}

/** The object is there: whose is it? */
function meet(
  effect: KeepOwnedEffect,
  whole: JsonObject,
  found: JsonObject,
  { writer, onTaken }: OwnedPorts,
): Promise<WriteOutcome> {
  const owners = arrayAt(found, 'metadata', 'ownerReferences');
  const isOurs = isOwnedBy(owners, effect.regarding);
  if (isOnItsWayOut(found) || (!isOurs && owners.some((owner) => isNamesake(owner, effect.regarding)))) {
    return Promise.resolve({ kind: 'conflict', message: `${effect.name} of before is on its way out` });
  }
  if (!isOurs && owners.length > 0) {
    const owner = `${stringAt(owners[0], ['kind'])} ${stringAt(owners[0], ['name'])}`;
    onTaken(`${effect.type.kind} ${effect.name} belongs to ${owner}: it stays as it is`);
    return Promise.resolve(DONE);
  }
  const content = isOurs ? effect.body : whole;
  const update = Object.fromEntries(effect.update.map((key) => [key, memberAt(content, key) ?? {}]));
  if (effect.update.length === 0) return Promise.resolve(DONE);
  const { uid = null, resourceVersion = null } = objectAt(found, 'metadata');
  return writer.write({
    ...request(effect),
    verb: 'mergePatch',
    body: { ...update, metadata: { uid, resourceVersion } },
  });
}

async function drop(effect: DropOwnedEffect, { writer }: OwnedPorts): Promise<WriteOutcome> {
  const found = await writer.write({ ...request(effect), verb: 'get', body: undefined });
  if (found.kind === 'notFound') return DONE;
  if (found.kind !== 'done') return found;
  const owners = arrayAt(found, 'object', 'metadata', 'ownerReferences');
  if (!isOwnedBy(owners, effect.regarding)) return DONE;
  const preconditions = { uid: stringAt(found, ['object', 'metadata', 'uid']) };
  const body = { preconditions, propagationPolicy: 'Background' };
  const gone = await writer.write({ ...request(effect), verb: 'delete', body });
  return gone.kind === 'notFound' ? DONE : gone;
}

function request({
  type,
  namespace,
  name,
}: OwnedEffect): Pick<WriteRequest, 'type' | 'namespace' | 'name' | 'subresource' | 'lane'> {
  return { type, namespace, name, subresource: '', lane: 'decision' };
}

async function generated({ body, keyPair, type }: KeepOwnedEffect, keys: KeyMaker): Promise<JsonObject> {
  const whole = { apiVersion: apiVersion(type), kind: type.kind, ...body };
  if (keyPair === undefined) return whole;
  const { privateKey, publicKey } = await keys.rsaPair();
  const pair = [[keyPair.privateAt, privateKey], ...keyPair.publicAt.map((at) => [at, publicKey])];
  return { ...whole, stringData: { ...objectAt(body, 'stringData'), ...Object.fromEntries(pair) } };
}

/** Deletion of the owner takes the object with it; whoever deletes the owner in the foreground waits for it. */
function ownerReference({ type, name, uid }: ObjectRef): JsonObject {
  return { apiVersion: apiVersion(type), kind: type.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function isOwnedBy(owners: readonly JsonValue[], { uid }: ObjectRef): boolean {
  return owners.some((owner) => stringAt(owner, ['uid']) === uid);
}

/** The owner of before had the same name; the garbage collector takes what it left. */
function isNamesake(owner: JsonValue, { type, name }: ObjectRef): boolean {
  const isOfGroup = stringAt(owner, ['apiVersion']).startsWith(`${type.group}/`);
  return isOfGroup && stringAt(owner, ['kind']) === type.kind && stringAt(owner, ['name']) === name;
}

function isOnItsWayOut(found: JsonObject): boolean {
  return stringAt(found, ['metadata', 'deletionTimestamp']) !== '';
}
