import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../../../src/api/keys.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';

/** Applies objects with kubectl and gives back what it said; throws where it refuses. */
export async function applied(plane: ControlPlane, ...objects: readonly object[]): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const { code, stdout, stderr } = await plane.kubectl(['apply', '-f', '-'], JSON.stringify(list));
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** A namespace that Sluice looks after. */
export function optedInNamespace(name: string, annotations: Readonly<Record<string, string>> = {}): object {
  const labels = { [ADMISSION_LABEL]: ADMISSION_ENABLED };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } };
}

/** A Queue below the root. */
export function queue(name: string, spec: object = {}): object {
  return { apiVersion: 'scheduling.volcano.sh/v1beta1', kind: 'Queue', metadata: { name }, spec: { weight: 1, ...spec } };
}
