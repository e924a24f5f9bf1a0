import { claimSpecOf } from '../../api/accelerators/claim-template.ts';
import { UNUSED_SINCE_ANNOTATION, WISHED_CLAIM_LABEL } from '../../api/keys.ts';
import type { ClaimTemplateRecord } from '../../api/records/claim-template-record.ts';
import type { WishedClaim } from '../../api/records/device-records.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { apiVersion, CLAIM_TEMPLATES, PODS } from '../../api/resources.ts';
import { requeueAfter } from '../effect.ts';
import type { Effect, ObjectRef } from '../effect.ts';

/** All that decides whether a template for claims is there. */
export interface ObservedClaimTemplate {
  /** `namespace/name` of the template. */
  readonly key: string;
  /** Of that name, be it Sluice's own or not. */
  readonly template: ClaimTemplateRecord | undefined;
  /** One of the pods that name it. */
  readonly pod: Pick<PodRecord, 'namespace' | 'name' | 'uid' | 'deviceClaims'> | undefined;
  readonly nowMs: number;
}

/** Who comes back within this time finds it: a CronJob, or somebody who tries again. */
const KEPT_MS = 10 * 60_000;

/** A template is there as long as pods name it, and for a while longer. */
export function reconcileClaimTemplate({ key, template, pod, nowMs }: ObservedClaimTemplate): readonly Effect[] {
  // One that somebody else has made is used as it is.
  if (template?.deleting === true || template?.isWished === false) return [];
  if (pod === undefined) return template === undefined ? [] : leave(template, nowMs);
  if (template === undefined) return create(key, pod);
  return template.unusedSinceMs === undefined ? [] : [stamped(template, null)];
}

export function wishedClaimOf({ deviceClaims }: Pick<PodRecord, 'deviceClaims'>): WishedClaim | undefined {
  return deviceClaims.find(({ wished }) => wished !== undefined)?.wished;
}

/** What no wish comes to is somebody else's to make. */
function create(key: string, pod: NonNullable<ObservedClaimTemplate['pod']>): readonly Effect[] {
  const wished = wishedClaimOf(pod);
  const spec = wished && claimSpecOf(wished, wished.wish);
  if (spec === undefined) return [];
  const { namespace, uid } = pod;
  const name = key.slice(namespace.length + 1);
  const metadata = { name, namespace, labels: { [WISHED_CLAIM_LABEL]: 'true' } };
  const body = { apiVersion: apiVersion(CLAIM_TEMPLATES), kind: CLAIM_TEMPLATES.kind, metadata, spec: { spec } };
  const regarding: ObjectRef = { type: PODS, namespace, name: pod.name, uid };
  return [{ kind: 'create', type: CLAIM_TEMPLATES, namespace, name, regarding, body }];
}

function leave(template: ClaimTemplateRecord, nowMs: number): readonly Effect[] {
  const { unusedSinceMs } = template;
  if (unusedSinceMs === undefined) {
    return [stamped(template, new Date(nowMs).toISOString()), requeueAfter(KEPT_MS)];
  }
  const leftMs = unusedSinceMs + KEPT_MS - nowMs;
  if (leftMs > 0) return [requeueAfter(leftMs)];
  const { uid, resourceVersion } = template;
  return [{ kind: 'delete', ...target(template), precondition: { uid, resourceVersion }, propagation: 'Background' }];
}

function stamped(template: ClaimTemplateRecord, since: string | null): Effect {
  const { uid, resourceVersion } = template;
  const body = { metadata: { annotations: { [UNUSED_SINCE_ANNOTATION]: since } } };
  return { kind: 'patch', ...target(template), precondition: { uid, resourceVersion }, body };
}

function target({ namespace, name, uid }: ClaimTemplateRecord): ObjectRef & { readonly regarding: ObjectRef } {
  const ref = { type: CLAIM_TEMPLATES, namespace, name, uid };
  return { ...ref, regarding: ref };
}
