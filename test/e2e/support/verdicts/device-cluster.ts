import {
  DEVICE_CLASSES,
  DEVICE_TAINT_RULES,
  RESOURCE_CLAIMS,
  RESOURCE_SLICES,
  resourcePath,
} from '../../../../src/api/resources.ts';
import { DEVICE_CLASSES as CLASSES, SERVED, SERVED_CLASS } from './device-words.ts';
import { inTurn } from './in-turn.ts';
import { ADMIN_NAMESPACE } from './random-device-claim.ts';
import type { Devices } from './random-devices.ts';
import type { Must } from './storage-cluster.ts';
import { NAMESPACES } from './vocabulary.ts';

/** Classes, which are the same in every world, and the namespace of administrators. */
export async function prepareDevices(must: Must): Promise<void> {
  for (const [name, expression] of CLASSES) {
    await must('POST', resourcePath(DEVICE_CLASSES), {
      metadata: { name },
      spec: {
        selectors: [{ cel: { expression } }],
        ...(name === SERVED_CLASS ? { extendedResourceName: SERVED } : {}),
      },
    });
  }
  const labels = { 'resource.kubernetes.io/admin-access': 'true' };
  await must('PATCH', `/api/v1/namespaces/${ADMIN_NAMESPACE}`, { metadata: { labels } });
}

export async function clearDevices(must: Must): Promise<void> {
  for (const namespace of NAMESPACES) await must('DELETE', resourcePath(RESOURCE_CLAIMS, namespace));
  await must('DELETE', resourcePath(RESOURCE_SLICES));
  await must('DELETE', resourcePath(DEVICE_TAINT_RULES));
}

export async function showDevices(must: Must, { slices, claims, taintRules }: Devices): Promise<void> {
  await inTurn(slices, (slice) => must('POST', resourcePath(RESOURCE_SLICES), slice));
  await inTurn(taintRules, (rule) => must('POST', resourcePath(DEVICE_TAINT_RULES), rule));
  await inTurn(claims, async ({ metadata, spec, allocation }) => {
    const path = resourcePath(RESOURCE_CLAIMS, metadata.namespace);
    await must('POST', path, { metadata, spec });
    if (allocation !== undefined) await must('PATCH', `${path}/${metadata.name}/status`, { status: { allocation } });
  });
}
