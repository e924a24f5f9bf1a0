import type { JsonObject } from '../../src/lib/json.ts';
import { NAME } from './settings.ts';
import type { Settings } from './settings.ts';

/** What Services, budgets and policies select pods by; it never changes. */
export const SELECTOR: JsonObject = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/component': 'server' };

/** Labels of every object. */
export function labels({ version }: Settings): JsonObject {
  return { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': NAME, 'app.kubernetes.io/version': version };
}

/** Labels of the pods. */
export function podLabels(settings: Settings): JsonObject {
  return { ...labels(settings), ...SELECTOR };
}

/** Metadata of an object in our namespace. */
export function own(name: string, settings: Settings): JsonObject {
  return { name, namespace: settings.namespace, labels: labels(settings) };
}

/** Metadata of an object that belongs to no namespace. */
export function everywhere(name: string, settings: Settings): JsonObject {
  return { name, labels: labels(settings) };
}
