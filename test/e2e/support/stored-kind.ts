import { arrayAt, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { resourcePath } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { schemaOf } from '../../../tools/compatibility/new-fields.ts';
import { FullObject } from '../../support/full-object.ts';

const NAMESPACE = 'default';

/** A kind as a CustomResourceDefinition tells of it, and an object of it in which every field is set. */
export class StoredKind {
  readonly name: string;
  readonly schema: JsonObject;
  readonly hasStatus: boolean;
  readonly #type: ResourceType;

  constructor(crd: JsonObject) {
    const [version] = arrayAt(crd, 'spec', 'versions');
    this.name = stringAt(crd, ['metadata', 'name']);
    this.schema = schemaOf(crd);
    this.hasStatus = memberAt(version, 'subresources', 'status') !== undefined;
    this.#type = {
      group: stringAt(crd, ['spec', 'group']),
      version: stringAt(version, ['name']),
      plural: stringAt(crd, ['spec', 'names', 'plural']),
      kind: stringAt(crd, ['spec', 'names', 'kind']),
      namespaced: stringAt(crd, ['spec', 'scope']) === 'Namespaced',
    };
  }

  /** Of the collection, of an object, or of a subresource of one. */
  path(name = '', subresource = ''): string {
    return resourcePath(this.#type, NAMESPACE, name, subresource);
  }

  /** What rules forbid together is set apart, in one entry of a list or another. */
  fullObject(name: string): JsonObject {
    const { group, version, kind } = this.#type;
    const full = new FullObject().of(this.schema) as JsonObject;
    const fit = FITS[this.name] ?? ((object: JsonObject) => object);
    return { ...fit(full), apiVersion: `${group}/${version}`, kind, metadata: { name } };
  }
}

type Fit = (object: JsonObject) => JsonObject;

/** What the rules of the kinds want beside their schemas. */
const FITS: Readonly<Record<string, Fit>> = {
  'workloadpolicies.sluice.dev': fitPolicy,
  'namespacedworkloadpolicies.sluice.dev': fitPolicy,
  'hypernodes.topology.volcano.sh': (object) => {
    const members = arrayAt(object, 'spec', 'members').flatMap((member) =>
      Object.entries(objectAt(member, 'selector')).map(([name, value]) => ({
        ...(member as JsonObject),
        selector: { [name]: value },
      })),
    );
    return { ...object, spec: { ...objectAt(object, 'spec'), members } };
  },
};

function fitPolicy(object: JsonObject): JsonObject {
  const set = {
    ...objectAt(object, 'spec', 'set'),
    tolerations: { ensure: entries(object, 'tolerations', 'ensure', { operator: 'Equal' }) },
    nodeRequirements: { all: entries(object, 'nodeRequirements', 'all', { operator: 'In' }) },
  };
  return { ...object, spec: { ...objectAt(object, 'spec'), set } };
}

function entries(object: JsonObject, field: string, list: string, over: JsonObject): readonly JsonValue[] {
  return arrayAt(object, 'spec', 'set', field, list).map((entry) => ({ ...(entry as JsonObject), ...over }));
}
