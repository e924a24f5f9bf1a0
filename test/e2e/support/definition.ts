import { apiVersion, CRDS, qualifiedName } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';

/** The CustomResourceDefinition of a kind that takes any object. */
export function definitionOf({ group, version, plural, kind, namespaced }: ResourceType): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: apiVersion(CRDS),
    kind: CRDS.kind,
    metadata: { name: qualifiedName({ plural, group }) },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}
