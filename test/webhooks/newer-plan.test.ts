import { expect } from 'chai';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmitFn } from '../../webhooks/admission.ts';
import { inheritanceOf } from '../../webhooks/inheritance.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { rootMutator } from '../../webhooks/roots/mutate.ts';
import { rootSealer } from '../../webhooks/seal/roots.ts';
import { sealJob } from '../../webhooks/seal/validate.ts';
import { created, patched, request, summary, view } from './fixture.ts';
import { example, specOf } from './frameworks/framework-table.ts';
import { job } from './jobs/job-fixture.ts';

const CLUSTER = view({ queues: { root: { hasChildren: true }, default: {}, research: {} } });

describe('a plan of a newer version', () => {
  const cases: readonly (readonly [what: string, made: () => Promise<Made>])[] = [
    ['a Job', () => Promise.resolve({ object: job(), mutate: mutateJob, seal: sealJob })],
    ['an object of a workload kind', madeRoot],
  ];
  for (const [what, made] of cases) {
    it(`stays as it is when ${what} is updated, whatever became of it`, async () => {
      const { object, mutate } = await made();
      const stored = inNewerForm(created(mutate, object, CLUSTER));
      for (const changed of [stored, withPlan(stored, undefined), withPlan(stored, '{"version":3}')]) {
        const verdict = mutate(request({ operation: 'UPDATE', object: changed, oldObject: stored }), CLUSTER);
        expect(planText(patched(changed, verdict))).to.equal(planText(stored));
      }
    });

    it(`is let pass on ${what} by the seal, and no other in its place`, async () => {
      const { object, mutate, seal } = await made();
      const stored = inNewerForm(created(mutate, object, CLUSTER));
      const other = inNewerForm(stored, { group: 'theirs' });
      expect(summary(seal(request({ object: stored }), CLUSTER))).to.equal('allow');
      expect(summary(seal(request({ object: other }), CLUSTER))).to.match(/^403 SealBroken/);
      const update = request({ operation: 'UPDATE', object: stored, oldObject: stored });
      expect(summary(seal(update, CLUSTER))).to.equal('allow');
    });
  }

  it('hands its group and queue down to pods', async () => {
    const { object, mutate } = await madeRoot();
    const root = inNewerForm(created(mutate, object, CLUSTER));
    const [apiVersion, kind] = [stringAt(root, ['apiVersion']), stringAt(root, ['kind'])];
    const owner = { apiVersion, kind, name: 'train', uid: 'u-1' };
    const found = { ...root, metadata: { ...objectAt(root, 'metadata'), uid: owner.uid } };
    const answers = new Map([['owner/u-1', { kind: 'fetch', object: found } as const]]);
    const { group = '', queue = '' } = JSON.parse(planText(root)) as JsonObject;
    expect(inheritanceOf(owner, 'team-a', CLUSTER, answers)).to.deep.equal({ kind: 'group', group, queue });
  });
});

interface Made {
  readonly object: JsonObject;
  readonly mutate: AdmitFn;
  readonly seal: AdmitFn;
}

async function madeRoot(): Promise<Made> {
  const object = await example('amljob');
  const kind = specOf(object);
  return { object, mutate: rootMutator(kind), seal: rootSealer(kind) };
}

/** What a later version might write: everything is somewhere else, but for group and queue. */
function inNewerForm(object: JsonObject, over: JsonObject = {}): JsonObject {
  const text = planText(object);
  const { group, queue } = JSON.parse(text) as JsonObject;
  return withPlan(object, JSON.stringify({ version: 2, group, queue, roles: [{ name: 'worker' }], ...over }));
}

function withPlan(object: JsonObject, text: string | undefined): JsonObject {
  const metadata = objectAt(object, 'metadata');
  const { [GROUP_PLAN_ANNOTATION]: _before, ...others } = objectAt(metadata, 'annotations');
  const annotations = text === undefined ? others : { ...others, [GROUP_PLAN_ANNOTATION]: text };
  return { ...object, metadata: { ...metadata, annotations } };
}

function planText(object: JsonObject): string {
  return stringAt(object, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
}
