import type { JsonObject } from '../../src/lib/json.ts';
import { NAME } from './settings.ts';
import type { Settings } from './settings.ts';

/** What all pods have in common; it never changes. */
export const EVERY_POD: JsonObject = { 'app.kubernetes.io/name': NAME };

/** What Deployments, Services and budgets select their pods by; it never changes. */
export function selector(component: Component): JsonObject {
  return { ...EVERY_POD, 'app.kubernetes.io/component': component };
}

/** `server` answers reviews, `scheduler` writes. */
export type Component = 'server' | 'scheduler';

/** Labels of every object. */
export function labels({ version }: Settings): JsonObject {
  return { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': NAME, 'app.kubernetes.io/version': version };
}

/** Labels of the pods. */
export function podLabels(component: Component, settings: Settings): JsonObject {
  return { ...labels(settings), ...selector(component) };
}

/** Metadata of an object in our namespace. */
export function own(name: string, settings: Settings): JsonObject {
  return { name, namespace: settings.namespace, labels: labels(settings) };
}

/** Metadata of an object that belongs to no namespace. */
export function everywhere(name: string, settings: Settings): JsonObject {
  return { name, labels: labels(settings) };
}
