import { keyPath } from '../../lib/field-error.ts';
import { readPolicyDocuments } from '../../api/policies/policy-documents.ts';
import type { PolicyDocument } from '../../api/policies/policy-documents.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import type { Manifest, Place } from './manifest.ts';
import { parseManifests } from './read-manifests.ts';
import type { Reading } from './read-manifests.ts';

/** The policies of a ConfigMap, each as if it stood alone; with any mistake none, as in a cluster. */
export function policiesOfMap(map: Manifest): Reading {
  const { object, file } = map;
  const namespace = stringAt(object, ['metadata', 'namespace']);
  const { documents, errors } = readPolicyDocuments(object, namespace === '' ? 'default' : namespace);
  const placeOf = (path: string): Place => placeInMap(map, path);
  const mistakes = [
    ...errors.map(({ path, message }) => ({ file, place: placeOf(path), message: `${path}: ${message}` })),
    ...documents
      .filter(({ type }) => !type.namespaced && namespace !== '' && !OWN_NAMESPACES.includes(namespace))
      .map(({ path }) => ({ file, place: placeOf(path), message: `${path}.kind: ${NOT_FROM_HERE}` })),
  ];
  if (mistakes.length > 0) return { manifests: [], mistakes };
  return { manifests: documents.map((document) => alone(document, namespace, map)), mistakes };
}

/** Where `sluice serve` runs by default, and with `--compat volcano`. */
const OWN_NAMESPACES = ['sluice-system', 'volcano-system'];
const NOT_FROM_HERE = 'policies of the cluster come from ConfigMaps in the namespace that Sluice runs in';

function alone({ path, type, policy, spec }: PolicyDocument, namespace: string, map: Manifest): Manifest {
  const { group, version, kind, namespaced } = type;
  const metadata = { name: policy.name, ...(namespaced && namespace !== '' ? { namespace } : {}) };
  return {
    object: { apiVersion: `${group}/${version}`, kind, metadata, spec },
    file: map.file,
    placeOf: (field) => placeInMap(map, `${path}.${field}`),
  };
}

/** Texts of several lines begin on the line after their key. */
function placeInMap(map: Manifest, path: string): Place {
  const [, key = '', index = '', field = ''] = /^data\[(.*)\]\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
  const at = map.placeOf(key === '' ? path : keyPath('data', key));
  const text = stringAt(objectAt(map.object, 'data'), [key]);
  const inner = parseManifests(text, map.file).manifests[Number(index)]?.placeOf(field);
  if (inner === undefined || !text.includes('\n')) return at;
  return { line: at.line + inner.line, column: inner.column };
}
