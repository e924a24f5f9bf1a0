import { FORMER_REPLICAS_ANNOTATION } from '../../api/keys.ts';
import {
  apiVersion,
  CONFIG_MAPS,
  DEPLOYMENTS,
  MUTATING_POLICY_BINDINGS,
  MUTATING_WEBHOOKS,
  VALIDATING_POLICY_BINDINGS,
  VALIDATING_WEBHOOKS,
} from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { volcanoRelease } from '../../api/volcano-release.ts';
import { arrayAt, memberAt, numberAt, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { isSame } from '../../lib/same.ts';
import { isOwnConfiguration } from '../../../webhooks/configurations.ts';
import type { ConfigurationFact } from '../doctor/facts.ts';
import type { SentRequest } from '../cluster/look.ts';
import { SetupError } from '../setup-error.ts';
import { volcanosBindings } from './policy-bindings.ts';
import { BACKUP_NAME, backupKey, restorable, savedIn } from './backup.ts';
import type { Component, Release } from './release.ts';

/** What there is of one installation of Volcano. */
export interface State {
  readonly release: Release;
  readonly configurations: readonly ConfigurationFact[];
  /** Of admission policies, whose ever they are. */
  readonly bindings: readonly ConfigurationFact[];
  readonly backup: JsonObject | undefined;
}

/** One change; once it is made, a plan no longer has it. */
export interface Step {
  /** In words, no two alike. */
  readonly what: string;
  readonly request: SentRequest;
}

/** What is left to be done until Volcano stands aside: nobody is asked who no longer answers, so the webhooks' server goes last. */
export function stopping(state: State): readonly Step[] {
  const theirs = [...configurationsOf(state), ...volcanosBindings(state.release, state.bindings)];
  return [
    ...scaledDown(state.release, 'scheduler'),
    ...scaledDown(state.release, 'controllers'),
    ...savedConfigurations(state, theirs),
    ...theirs.map(removed),
    ...scaledDown(state.release, 'admission'),
  ];
}

/** What is left to be done until Volcano runs as before. The copy goes when all is back. */
export function undoing({ release, configurations, bindings, backup }: State): readonly Step[] {
  const present = new Set([...configurations, ...bindings].map(backupKey));
  // In the other order: what judges is back before what changes.
  const missing = savedIn(backup)
    .filter((one) => !present.has(backupKey(one)))
    .toSorted((a, b) => (a.kind > b.kind ? -1 : 1));
  return [
    ...scaledUp(release, 'admission'),
    ...missing.map(putBack),
    ...scaledUp(release, 'controllers'),
    ...scaledUp(release, 'scheduler'),
    ...(backup === undefined ? [] : [forgotten(backup)]),
  ];
}

/** Configurations that Sluice serves under the names of what was set aside: they are in the way of undoing. */
export function inTheWay({ configurations, backup }: State): readonly ConfigurationFact[] {
  const saved = new Set(savedIn(backup).map(backupKey));
  return configurations.filter((one) => saved.has(backupKey(one)) && isOwnConfiguration(one.object));
}

/** The configurations that have Volcano asked: they lead to its Service, and are not ours. */
export function configurationsOf({
  release,
  configurations,
}: Pick<State, 'release' | 'configurations'>): readonly ConfigurationFact[] {
  const { admissionService } = volcanoRelease(release.name);
  return configurations.filter(({ object }) => {
    const services = arrayAt(object, 'webhooks').map((one) => objectAt(one, 'clientConfig', 'service'));
    const leadsThere = services.some(
      (one) => stringAt(one, ['name']) === admissionService && stringAt(one, ['namespace']) === release.namespace,
    );
    return leadsThere && !isOwnConfiguration(object);
  });
}

/** Replicas that are asked for; one where nothing is said. */
export function replicasOf(deployment: JsonObject): number {
  return numberAt(deployment, ['spec', 'replicas'], 1);
}

/** Replicas before it was stopped; empty where it was not. */
export function formerReplicas(deployment: JsonObject): string {
  return stringAt(deployment, ['metadata', 'annotations', FORMER_REPLICAS_ANNOTATION]);
}

function scaledDown({ deployments }: Release, component: Component): readonly Step[] {
  const deployment = deployments.get(component);
  const replicas = deployment === undefined ? 0 : replicasOf(deployment);
  if (deployment === undefined || replicas === 0) return [];
  return [scaled(deployment, `scale ${placeOf(deployment)} from ${replicas} to 0`, String(replicas), 0)];
}

function scaledUp({ deployments }: Release, component: Component): readonly Step[] {
  const deployment = deployments.get(component);
  const former = deployment === undefined ? '' : formerReplicas(deployment);
  if (deployment === undefined || former === '') return [];
  // Somebody may have started it by hand.
  const replicas = replicasOf(deployment) || Number(former);
  return [scaled(deployment, `scale ${placeOf(deployment)} back to ${replicas}`, null, replicas)];
}

function scaled(deployment: JsonObject, what: string, former: string | null, replicas: number): Step {
  const { namespace, name } = placed(deployment);
  const metadata = { ...unchanged(deployment), annotations: { [FORMER_REPLICAS_ANNOTATION]: former } };
  const body = { metadata, spec: { replicas } };
  return { what, request: { verb: 'mergePatch', type: DEPLOYMENTS, namespace, name, body } };
}

function savedConfigurations({ release, backup }: State, theirs: readonly ConfigurationFact[]): readonly Step[] {
  const saved = new Map(savedIn(backup).map((one) => [backupKey(one), one.object]));
  const unsaved = theirs.filter((one) => !isSame(saved.get(backupKey(one)), restorable(one)));
  if (unsaved.length === 0) return [];
  const data = Object.fromEntries(unsaved.map((one) => [backupKey(one), JSON.stringify(restorable(one))]));
  const { namespace } = release;
  const what = `keep ${unsaved.length} ${wordsFor(unsaved)} in ConfigMap ${namespace}/${BACKUP_NAME}`;
  const place = { type: CONFIG_MAPS, namespace };
  if (backup !== undefined) {
    const body = { metadata: unchanged(backup), data };
    return [{ what, request: { ...place, verb: 'mergePatch', name: BACKUP_NAME, body } }];
  }
  const metadata = { name: BACKUP_NAME, namespace };
  const body = { apiVersion: apiVersion(CONFIG_MAPS), kind: CONFIG_MAPS.kind, metadata, data };
  return [{ what, request: { ...place, verb: 'create', name: '', body } }];
}

function removed(one: ConfigurationFact): Step {
  const { name } = placed(one.object);
  return deletion(`remove ${one.kind} ${name}`, typeOf(one), one.object);
}

function forgotten(backup: JsonObject): Step {
  return deletion(`remove ConfigMap ${placeOf(backup)}: everything in it is back`, CONFIG_MAPS, backup);
}

function deletion(what: string, type: ResourceType, object: JsonObject): Step {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: unchanged(object) };
  return { what, request: { ...placed(object), verb: 'delete', type, body } };
}

function putBack(one: ConfigurationFact): Step {
  const { name } = placed(one.object);
  const request = { verb: 'create', type: typeOf(one), namespace: '', name: '', body: one.object } as const;
  return { what: `put ${one.kind} ${name} back`, request };
}

const TYPES = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS, VALIDATING_POLICY_BINDINGS, ...MUTATING_POLICY_BINDINGS];

function typeOf({ kind, object }: ConfigurationFact): ResourceType {
  const version = stringAt(object, ['apiVersion'], apiVersion(MUTATING_WEBHOOKS));
  const found = TYPES.find((type) => type.kind === kind && apiVersion(type) === version);
  if (found === undefined) throw new SetupError(`ConfigMap ${BACKUP_NAME} holds a ${kind} of ${version}`);
  return found;
}

function wordsFor(kept: readonly ConfigurationFact[]): string {
  const isBinding = ({ kind }: ConfigurationFact): boolean => kind.endsWith('Binding');
  if (!kept.some(isBinding)) return 'webhook configurations';
  return kept.every(isBinding) ? 'bindings of admission policies' : 'webhook configurations and bindings of policies';
}

/** The server refuses a change to an object that is not as it was read. */
function unchanged(object: JsonObject): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(['uid', 'resourceVersion'].map((key) => [key, memberAt(object, 'metadata', key) ?? null]));
}

function placed(object: JsonObject): { readonly namespace: string; readonly name: string } {
  return { namespace: stringAt(object, ['metadata', 'namespace']), name: stringAt(object, ['metadata', 'name']) };
}

function placeOf(object: JsonObject): string {
  const { namespace, name } = placed(object);
  return `${namespace}/${name}`;
}
