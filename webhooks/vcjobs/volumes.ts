import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, isJsonObject, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { isObjectName } from '../group-name.ts';

/** What is wrong with the volumes of the job itself. */
export function volumeErrors(job: JsonObject): readonly FieldError[] {
  const paths = new Set<string>();
  return arrayAt(job, 'spec', 'volumes').flatMap((volume, index) => {
    const at = `spec.volumes[${index}]`;
    return [...mountErrors(volume, at, paths), ...claimErrors(volume, at)];
  });
}

function mountErrors(volume: JsonValue, at: string, paths: Set<string>): readonly FieldError[] {
  const path = `${at}.mountPath`;
  const mountPath = stringAt(volume, ['mountPath']);
  if (mountPath === '') return [fieldError(path, 'FieldValueRequired', undefined, 'mountPath is required')];
  const isTwice = paths.has(mountPath);
  paths.add(mountPath);
  return isTwice ? [fieldError(path, 'FieldValueDuplicate', mountPath, `duplicated mountPath: ${mountPath}`)] : [];
}

function claimErrors(volume: JsonValue, at: string): readonly FieldError[] {
  const name = stringAt(volume, ['volumeClaimName']);
  const hasClaim = isJsonObject(memberAt(volume, 'volumeClaim'));
  const path = `${at}.volumeClaimName`;
  if (name === '' && !hasClaim) {
    const message = 'either VolumeClaim or VolumeClaimName must be specified';
    return [fieldError(at, 'FieldValueRequired', undefined, message)];
  }
  if (name === '') return [];
  if (hasClaim) {
    const message =
      'conflict: If you want to use an existing PVC, just specify VolumeClaimName.' +
      'If you want to create a new PVC, you do not need to specify VolumeClaimName';
    return [fieldError(path, 'FieldValueForbidden', name, message)];
  }
  return isObjectName(name)
    ? []
    : [fieldError(path, 'FieldValueInvalid', name, `invalid VolumeClaimName ${name} : must be a DNS name`)];
}
