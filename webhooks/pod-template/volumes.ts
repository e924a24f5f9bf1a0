import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { isJsonObject, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { labelProblem, required, uniqueNameErrors } from './names.ts';

/** Volumes of a pod: each with a name of its own and exactly one source. */
export function volumeErrors(volumes: readonly JsonValue[], path: string): readonly FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    return [
      ...uniqueNameErrors(`${at}.name`, stringAt(volume, ['name']), labelProblem, names),
      ...sourceErrors(volume, at),
    ];
  });
}

/** The member of each source that it cannot be without. */
const NEEDED: Readonly<Record<string, string>> = {
  persistentVolumeClaim: 'claimName',
  configMap: 'name',
  secret: 'secretName',
  hostPath: 'path',
  csi: 'driver',
};

function sourceErrors(volume: JsonValue, at: string): readonly FieldError[] {
  const sources = Object.entries(isJsonObject(volume) ? volume : {}).filter(([key, value]) => {
    return key !== 'name' && isJsonObject(value);
  });
  const [first, ...others] = sources;
  // Without a source the API server makes an empty directory of it.
  if (first === undefined) return [];
  const extra = others.map(([key]) => {
    return fieldError(`${at}.${key}`, 'FieldValueForbidden', undefined, 'may not specify more than 1 volume type');
  });
  const needed = NEEDED[first[0]];
  const isLacking = needed !== undefined && stringAt(first[1], [needed]) === '';
  return [...extra, ...(isLacking ? [required(`${at}.${first[0]}.${needed}`)] : [])];
}
