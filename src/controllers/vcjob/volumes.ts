import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { apiVersion, VCJOBS, VOLUME_CLAIMS } from '../../api/resources.ts';
import { digest } from '../../lib/digest.ts';
import { arrayAt, isJsonObject } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { Effect } from '../effect.ts';
import { jobRef } from './status.ts';

/** A volume of the job: the claim behind it, and the spec of that claim where the job has it made. */
export interface JobVolume {
  readonly claim: string;
  readonly mountPath: string;
  readonly madeFrom: JsonObject | undefined;
}

type VcjobVolume = NonNullable<VcjobRecord['spec']['volumes']>[number];

/** Length of what makes the name of a claim the job's own. */
const NAME_DIGITS = 12;

/** The volumes of a job. A claim that is made for it always has the same name, so that it is made once. */
export function volumesOf({ name, uid, spec }: VcjobRecord): readonly JobVolume[] {
  return (spec.volumes ?? []).map(({ mountPath, volumeClaimName = '', volumeClaim }) => {
    const own = `${name}-pvc-${digest(`${uid}/${mountPath}`, NAME_DIGITS)}`;
    // The API server keeps what is in a claim's spec as it is.
    return { claim: volumeClaimName || own, mountPath, madeFrom: volumeClaim as JsonObject | undefined };
  });
}

/**
 * Writes the names of the claims that are made for a job into its spec, as Volcano does, before anything else is made: later it would
 * look like a change by its owner. Nothing where all have their names.
 */
export function nameClaims(job: VcjobRecord): readonly Effect[] {
  const { namespace, name, uid, resourceVersion, spec } = job;
  const isNamed = ({ volumeClaim, volumeClaimName = '' }: VcjobVolume): boolean =>
    volumeClaim === undefined || volumeClaimName !== '';
  const volumes = spec.volumes ?? [];
  if (volumes.every((each) => isNamed(each))) return [];
  const claims = volumesOf(job);
  const named = volumes.map((each, at) =>
    isNamed(each) ? each : { ...each, volumeClaimName: claims[at]?.claim ?? '' },
  );
  const body = { spec: { volumes: named as readonly JsonValue[] } };
  const target = { type: VCJOBS, namespace, name, precondition: { uid, resourceVersion }, regarding: jobRef(job) };
  return [{ kind: 'patch', ...target, body }];
}

/** The claim as it is created. */
export function claimBody(job: VcjobRecord, { claim, madeFrom }: JobVolume, owner: JsonObject): JsonObject {
  return {
    apiVersion: apiVersion(VOLUME_CLAIMS),
    kind: VOLUME_CLAIMS.kind,
    metadata: { name: claim, namespace: job.namespace, ownerReferences: [owner] },
    spec: madeFrom ?? {},
  };
}

/** The spec of a pod with the job's volumes mounted in every container; what the template mounts there already stays. */
export function withVolumes(spec: JsonObject, job: VcjobRecord): JsonObject {
  const volumes = volumesOf(job);
  if (volumes.length === 0) return spec;
  const names = new Map(
    [...new Set(volumes.map(({ claim }) => claim))].map((claim, at) => [claim, `job-volume-${at}`]),
  );
  const mounts = volumes.map(({ claim, mountPath }) => ({ name: names.get(claim) ?? '', mountPath }));
  const added = [...names].map(([claimName, name]) => ({ name, persistentVolumeClaim: { claimName } }));
  return {
    ...spec,
    volumes: [...arrayAt(spec, 'volumes'), ...added],
    containers: arrayAt(spec, 'containers').map((container) =>
      isJsonObject(container) ? mounted(container, mounts) : container,
    ),
  };
}

function mounted(
  container: JsonObject,
  mounts: readonly { readonly name: string; readonly mountPath: string }[],
): JsonObject {
  const own = arrayAt(container, 'volumeMounts');
  const taken = new Set(own.map((mount) => (isJsonObject(mount) ? mount['mountPath'] : undefined)));
  return { ...container, volumeMounts: [...own, ...mounts.filter(({ mountPath }) => !taken.has(mountPath))] };
}
