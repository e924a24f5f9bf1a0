import { expect } from 'chai';
import { customResourceDefinition } from '../../src/api/kinds/crd.ts';
import { KINDS } from '../../src/api/kinds/kinds.ts';
import { CRDS, resourcePath } from '../../src/api/resources.ts';
import { arrayAt, memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { readBaselines } from '../../tools/compatibility/baselines.ts';
import type { Baseline } from '../../tools/compatibility/baselines.ts';
import { newFields, schemaOf } from '../../tools/compatibility/new-fields.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { Method } from '../control-plane/kube-client.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { declaredPaths, heldPaths } from '../support/full-object.ts';

import { found } from './support/reached.ts';
import { StoredKind } from './support/stored-kind.ts';

const NOW = KINDS.map(customResourceDefinition);
const [BEFORE] = readBaselines().slice(-1) as [Baseline];
const KINDS_BEFORE = BEFORE.crds.map((crd) => new StoredKind(crd));
const KINDS_NOW = NOW.map((crd) => new StoredKind(crd));

describe(`objects that were stored by ${BEFORE.name}`, function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  /** As the version before read them, by the name of the kind. */
  const stored = new Map<string, JsonObject>();
  const ofNow = new Map<string, JsonObject>();
  let marks = 0;

  before(async () => {
    plane = await startControlPlane({ podStages: false });
    await install(BEFORE.crds);
    await each(KINDS_BEFORE, async (kind) => stored.set(kind.name, await create(kind, 'before')));
  });

  after(() => plane?.stop());

  it('have every field that there was', () => {
    for (const { name, schema } of KINDS_BEFORE) {
      const held = new Set(heldPaths(stored.get(name), schema));
      expect(declaredPaths(schema).filter((path) => !held.has(path))).to.deep.equal([], name);
    }
  });

  it('are read as they were with the kinds of now', async () => {
    await install(NOW);
    await each(KINDS_NOW, async (kind) => ofNow.set(kind.name, await create(kind, 'now')));
    await eachStored(async (kind, before) => expect(await read(kind, 'before'), kind.name).to.deep.equal(before));
  });

  it('can be written back untouched, object and status', async () => {
    await eachStored(async (kind, before) => {
      for (const subresource of kind.hasStatus ? ['', 'status'] : ['']) {
        const written = await asked('PUT', kind.path('before', subresource), before);
        expect(content(written), kind.name).to.deep.equal(content(before));
        expect(generation(written), kind.name).to.equal(generation(before));
      }
    });
  });

  it('take a label, which leaves the rest alone', async () => {
    await eachStored(async (kind, before) => {
      const patch = { metadata: { labels: { upgraded: 'yes' } } };
      const type = 'application/merge-patch+json';
      const { body } = await plane.client.request('PATCH', kind.path('before'), patch, type);
      expect(content(body), kind.name).to.deep.equal(content(before));
    });
  });

  it('are as they were after going back, where new objects show what the version before has no word for', async () => {
    await install(BEFORE.crds);
    const lost = newFields(BEFORE.crds, NOW);
    await each(KINDS_NOW, async (kind) => {
      const paths = lost.filter(({ kind: name, path }) => name === kind.name && path !== '').map(({ path }) => path);
      const isLost = (path: string): boolean =>
        paths.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
      const held = new Set(heldPaths(await read(kind, 'now'), kind.schema));
      const gone = declaredPaths(kind.schema).filter((path) => !held.has(path));
      expect(gone, kind.name).to.deep.equal(declaredPaths(kind.schema).filter(isLost));
    });
    await eachStored(async (kind, before) =>
      expect(content(await read(kind, 'before')), kind.name).to.deep.equal(content(before)),
    );
  });

  it('and nothing is gone of what nobody wrote meanwhile', async () => {
    await install(NOW);
    await each(KINDS_NOW, async (kind) => expect(await read(kind, 'now')).to.deep.equal(ofNow.get(kind.name)));
  });

  /** Applied as `serve --install` does it. An API server goes by another schema somewhat later: a member that only this one has tells when. */
  async function install(crds: readonly JsonObject[]): Promise<void> {
    const mark = `mark${(marks += 1)}`;
    await Promise.all(
      crds.map(async (crd) => {
        const kind = new StoredKind(crd);
        const path = `${resourcePath(CRDS, '', kind.name)}?fieldManager=sluice&force=true`;
        const marked = withMember(crd, mark);
        const { status, body } = await plane.client.request('PATCH', path, marked, 'application/apply-patch+yaml');
        expect(status, stringAt(body, ['message'])).to.be.oneOf([200, 201]);
        const object = { ...kind.fullObject('mark'), [mark]: mark };
        await found(`this form of ${kind.name}`, async () => {
          const answer = await plane.client.request('POST', `${kind.path()}?dryRun=All`, object);
          return stringAt(answer.body, [mark]) === mark ? mark : undefined;
        });
      }),
    );
  }

  async function create(kind: StoredKind, name: string): Promise<JsonObject> {
    const full = kind.fullObject(name);
    const made = await asked('POST', kind.path(), full);
    return kind.hasStatus
      ? asked('PUT', kind.path(name, 'status'), { ...made, status: objectAt(full, 'status') })
      : made;
  }

  function read(kind: StoredKind, name: string): Promise<JsonObject> {
    return asked('GET', kind.path(name));
  }

  async function asked(method: Method, path: string, object?: JsonObject): Promise<JsonObject> {
    const { status, body } = await plane.client.request(method, path, object);
    expect(status, `${method} ${path}: ${stringAt(body, ['message'])}`).to.be.oneOf([200, 201]);
    return body as JsonObject;
  }

  async function eachStored(act: (kind: StoredKind, before: JsonObject) => Promise<unknown>): Promise<void> {
    await each(KINDS_BEFORE, (kind) => act(kind, stored.get(kind.name) as JsonObject));
  }
});

async function each(kinds: readonly StoredKind[], act: (kind: StoredKind) => Promise<unknown>): Promise<void> {
  await Promise.all(kinds.map(act));
}

/** The definition with one more member that objects may have. */
function withMember(crd: JsonObject, name: string): JsonObject {
  const [version] = arrayAt(crd, 'spec', 'versions') as readonly [JsonObject];
  const schema = schemaOf(crd);
  const properties = { ...objectAt(schema, 'properties'), [name]: { type: 'string' } };
  const versions = [{ ...version, schema: { openAPIV3Schema: { ...schema, properties } } }];
  return { ...crd, spec: { ...objectAt(crd, 'spec'), versions } };
}

/** Everything but what the API server keeps of its own accord. */
function content(object: unknown): unknown {
  return { ...(object as JsonObject), metadata: { name: memberAt(object, 'metadata', 'name') } };
}

function generation(object: unknown): number {
  return numberAt(object, ['metadata', 'generation'], -1);
}
