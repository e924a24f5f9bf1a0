import { expect } from 'chai';
import { GROUP_PLAN_ANNOTATION, QUEUE_NAME_LABEL } from '../../../src/api/keys.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { rootSealer, rootSealRights } from '../../../webhooks/seal/roots.ts';
import { created, planOn, request, summary, view } from '../fixture.ts';
import { example, exampleNames, specOf } from '../frameworks/framework-table.ts';

const CLUSTER = view({ queues: { root: { hasChildren: true }, default: {}, research: {}, gold: {} } });
const PLAN = `metadata.annotations[${GROUP_PLAN_ANNOTATION}]`;

function meta(object: JsonObject): JsonObject {
  return object['metadata'] as JsonObject;
}

function withAnnotation(object: JsonObject, key: string, value: string | undefined): JsonObject {
  const { [key]: _, ...others } = meta(object)['annotations'] as JsonObject;
  const annotations = value === undefined ? others : { ...others, [key]: value };
  return { ...object, metadata: { ...meta(object), annotations } };
}

function withPlan(object: JsonObject, over: object): JsonObject {
  return withAnnotation(object, GROUP_PLAN_ANNOTATION, JSON.stringify({ ...planOn(object), ...over }));
}

function withQueue(object: JsonObject, queue: string): JsonObject {
  const labels = { ...(meta(object)['labels'] as JsonObject), [QUEUE_NAME_LABEL]: queue };
  return { ...object, metadata: { ...meta(object), labels } };
}

function seal(object: JsonObject, over: Partial<AdmissionRequest> = {}): string {
  return summary(rootSealer(specOf(object))(request({ uid: 'another review', object, ...over }), CLUSTER));
}

/** What somebody does to an object that Sluice has planned, before it is stored. */
const TAMPERINGS: readonly (readonly [name: string, tamper: (object: JsonObject) => JsonObject, want: string])[] = [
  ['nothing', (object) => object, 'allow'],
  ['something of its own', (object) => withAnnotation(object, 'example.com/a', 'b'), 'allow'],
  ['its size', (object) => ({ ...object, spec: { ...(object['spec'] as JsonObject), suspend: true } }), 'allow'],
  [
    'that it has a plan',
    (object) => withAnnotation(object, GROUP_PLAN_ANNOTATION, undefined),
    `403 SealBroken ${PLAN}`,
  ],
  ['the plan into none', (object) => withAnnotation(object, GROUP_PLAN_ANNOTATION, 'x'), `403 SealBroken ${PLAN}`],
  ['the group', (object) => withPlan(object, { group: 'theirs' }), `403 SealBroken ${PLAN}`],
  ['whose work it is', (object) => withPlan(object, { submitter: 'bob' }), `403 SealBroken ${PLAN}`],
  ['whom it goes with', (object) => withPlan(object, { owner: { uid: 'u', kind: 'Pod' } }), `403 SealBroken ${PLAN}`],
  [
    'the queue in the plan',
    (object) => withPlan(object, { queue: 'gold' }),
    `403 SealBroken metadata.labels[${QUEUE_NAME_LABEL}]`,
  ],
  ['the queue', (object) => withQueue(object, 'gold'), `403 SealBroken metadata.labels[${QUEUE_NAME_LABEL}]`],
];

describe('the seal of an object of a workload kind', () => {
  for (const [name, tamper, want] of TAMPERINGS) {
    it(`that another webhook changes ${name} of: ${want}`, async () => {
      const object = await example('amljob');
      expect(seal(tamper(created(rootMutator(specOf(object)), object, CLUSTER)))).to.equal(want);
    });
  }

  for (const [name, tamper] of TAMPERINGS.filter(([, , want]) => want !== 'allow')) {
    it(`that an update changes ${name} of, behind Sluice's back, is broken too`, async () => {
      const object = await example('amljob');
      const oldObject = created(rootMutator(specOf(object)), object, CLUSTER);
      const changed = tamper(oldObject);
      expect(seal(changed, { operation: 'UPDATE', oldObject })).to.match(/^403 SealBroken/);
      // What whoever updates it writes himself is undone before.
      const update = request({ operation: 'UPDATE', object: changed, oldObject });
      const undone = rootMutator(specOf(object))(update, CLUSTER);
      expect(undone.kind).to.equal('allow');
    });
  }

  it('holds for each kind that is built in, named and with a name to be made', async () => {
    for (const name of await exampleNames()) {
      const object = await example(name);
      const nameless = { ...object, metadata: { ...meta(object), name: undefined, generateName: 'run-' } } as object;
      for (const one of [object, JSON.parse(JSON.stringify(nameless)) as JsonObject]) {
        const made = created(rootMutator(specOf(object)), one, CLUSTER);
        const named = stringAt(made, ['metadata', 'name']) || 'run-x7k2p';
        expect(seal({ ...made, metadata: { ...meta(made), name: named } }), name).to.equal('allow');
      }
    }
  });

  it('is none where the object was left to another scheduler, which takes the right to pass the queues', async () => {
    const object = await example('pytorchjob');
    const foreign = JSON.parse(
      JSON.stringify(object).replaceAll('"containers"', '"schedulerName":"other","containers"'),
    ) as JsonObject;
    const left = created(rootMutator(specOf(object)), foreign, CLUSTER);
    expect(seal(left)).to.equal('allow');
    const asked = rootSealRights(specOf(object))(
      request({ object: left, username: 'bob' }),
      view({ rights: { bypass: 'enforce', queues: 'enforce' } }),
    );
    expect(new Set(asked.map(({ verb }) => verb))).to.deep.equal(new Set(['bypass']));
  });

  it('is none of an object that was stored without a plan', async () => {
    const object = await example('amljob');
    expect(seal(object, { operation: 'UPDATE', oldObject: object })).to.equal('allow');
  });

  it('covers the templates that Sluice stamped, and no template that was stored without a stamp', async () => {
    const object = await example('pytorchjob');
    const stamped = created(rootMutator(specOf(object)), object, CLUSTER);
    const group = planOn(stamped).group;
    const moved = JSON.parse(
      JSON.stringify(stamped).replaceAll(`group-name":"${group}"`, 'group-name":"theirs"'),
    ) as JsonObject;
    expect(seal(moved)).to.match(/^403 SealBroken spec\.pytorchReplicaSpecs\.\w+\.template\.metadata\.annotations/);
    expect(seal(moved, { operation: 'UPDATE', oldObject: stamped })).to.match(/^403 SealBroken/);
    expect(seal(moved, { operation: 'UPDATE', oldObject: moved })).to.equal('allow');
  });

  it('leaves one that is on its way out', async () => {
    const object = await example('amljob');
    const going = { ...object, metadata: { ...meta(object), deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(seal(going, { operation: 'UPDATE', oldObject: object })).to.equal('allow');
  });
});
