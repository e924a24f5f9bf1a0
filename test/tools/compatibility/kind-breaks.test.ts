import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { judgedBreaks } from '../../../tools/compatibility/allowed-breaks.ts';
import { kindBreaks } from '../../../tools/compatibility/kind-breaks.ts';

const SPEC = { group: 'x.dev', scope: 'Cluster' };
const NAMES = { kind: 'Car', listKind: 'CarList', plural: 'cars', singular: 'car', shortNames: ['c', 'ca'] };
const V1 = version('v1', { served: true, storage: true });
const FIRST = crd({ ...SPEC, names: NAMES, versions: [V1] });

const rows: readonly (readonly [what: string, after: JsonObject | undefined, breaks: readonly string[]])[] = [
  ['the same', FIRST, []],
  ['a kind that is gone', undefined, ['cars.x.dev: the kind is gone']],
  [
    'another scope',
    crd({ ...SPEC, scope: 'Namespaced', names: NAMES, versions: [V1] }),
    ['cars.x.dev: spec.scope was Cluster, and is Namespaced'],
  ],
  [
    'another name of the kind',
    crd({ ...SPEC, names: { ...NAMES, kind: 'Auto' }, versions: [V1] }),
    ['cars.x.dev: spec.names.kind was Car, and is Auto'],
  ],
  [
    'a short name that is gone',
    crd({ ...SPEC, names: { ...NAMES, shortNames: ['c', 'x'] }, versions: [V1] }),
    ['cars.x.dev: the short name ca is gone'],
  ],
  [
    'a version that is gone',
    crd({ ...SPEC, names: NAMES, versions: [version('v2', { served: true, storage: true })] }),
    [
      'cars.x.dev: objects were stored in version v1, and are in v2',
      'cars.x.dev/v1: the version is not served any more',
    ],
  ],
  [
    'a version that is served no more',
    crd({
      ...SPEC,
      names: NAMES,
      versions: [version('v1', { served: false, storage: true }), version('v2', { served: true, storage: false })],
    }),
    ['cars.x.dev/v1: the version is not served any more'],
  ],
  [
    'another version that objects are stored in',
    crd({
      ...SPEC,
      names: NAMES,
      versions: [version('v1', { served: true, storage: false }), version('v2', { served: true, storage: true })],
    }),
    ['cars.x.dev: objects were stored in version v1, and are in v2'],
  ],
  [
    'a version beside it',
    crd({ ...SPEC, names: NAMES, versions: [V1, version('v2', { served: true, storage: false })] }),
    [],
  ],
  [
    'a status that is written with the rest',
    crd({ ...SPEC, names: NAMES, versions: [{ ...V1, subresources: {} }] }),
    ['cars.x.dev/v1: its status is written with it'],
  ],
  [
    'a field that is gone',
    crd({ ...SPEC, names: NAMES, versions: [{ ...V1, schema: { openAPIV3Schema: { type: 'object' } } }] }),
    ['cars.x.dev/v1 .spec: is gone'],
  ],
];

describe('breaks of kinds', () => {
  for (const [what, after, breaks] of rows)
    it(`looks at ${what}`, () => {
      expect(judgedBreaks(kindBreaks([FIRST], after === undefined ? [] : [after]), [])).to.deep.equal(breaks);
    });

  it('lets be what was decided on, and tells a decision without its break', () => {
    const found = kindBreaks([FIRST], []);
    const allowed = { kind: 'cars.x.dev', path: '', change: 'the kind is gone', reason: 'Nobody had one.' };
    expect(judgedBreaks(found, [allowed])).to.deep.equal([]);
    expect(judgedBreaks([], [allowed])).to.deep.equal(['allowed, but not so: cars.x.dev: the kind is gone']);
  });
});

function crd(spec: JsonObject): JsonObject {
  return { metadata: { name: 'cars.x.dev' }, spec };
}

function version(
  name: string,
  { served, storage }: { readonly served: boolean; readonly storage: boolean },
): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object' } } };
  return { name, served, storage, subresources: { status: {} }, schema: { openAPIV3Schema } };
}
