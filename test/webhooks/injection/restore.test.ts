import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import { memberAt } from '../../../src/lib/json.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { restoreInjected } from '../../../webhooks/injection/restore.ts';
import { ObjectPatch } from '../../../webhooks/object-patch.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { patched, request, view } from '../fixture.ts';

const GPU = { key: 'gpu', operator: 'Exists' };
const CLAIM = { name: 'own', resourceClaimName: 'mine' };
const WISHED = { name: 'wished', resourceClaimTemplateName: 'sluice-x' };
const OWN = { key: 'own', operator: 'Exists' };

function restored(spec: JsonObject, old: JsonObject): unknown {
  const template = { spec };
  const patch = new ObjectPatch(template);
  restoreInjected(patch, template, { spec: old }, []);
  return memberAt(applyPatch(template, patch.operations), 'spec');
}

describe('what was added to a template that is replaced by its first manifest', () => {
  const cases: readonly (readonly [string, JsonObject, JsonObject, JsonObject])[] = [
    [
      'tolerations come after those that are there',
      { tolerations: [OWN] },
      { tolerations: [OWN, GPU] },
      { tolerations: [OWN, GPU] },
    ],
    ['gates are put back', {}, { schedulingGates: [{ name: 'g' }] }, { schedulingGates: [{ name: 'g' }] }],
    [
      'claims come after those that are there, and into the containers that use them',
      { resourceClaims: [CLAIM], containers: [{ resources: { claims: [{ name: 'own' }] } }] },
      {
        resourceClaims: [CLAIM, WISHED],
        containers: [{ resources: { claims: [{ name: 'own' }, { name: 'wished' }] } }],
      },
      {
        resourceClaims: [CLAIM, WISHED],
        containers: [{ resources: { claims: [{ name: 'own' }, { name: 'wished' }] } }],
      },
    ],
    [
      'classes are put back where none is named',
      { priorityClassName: 'mine' },
      { priorityClassName: 'high', runtimeClassName: 'kata' },
      { priorityClassName: 'mine', runtimeClassName: 'kata' },
    ],
  ];
  for (const [name, spec, old, want] of cases) {
    it(name, () => expect(restored(spec, old)).to.deep.equal(want));
  }
});

describe('an object of a workload kind that is changed', () => {
  const kind = BUILT_IN_KINDS.find((one) => one.kind === 'PyTorchJob');
  if (kind === undefined) throw new Error('no PyTorchJob');
  const mutate = rootMutator(kind);

  function job(podSpec: JsonObject, metadata?: JsonObject): JsonObject {
    const template = { ...(metadata === undefined ? {} : { metadata }), spec: { containers: [], ...podSpec } };
    return {
      metadata: { name: 'train', uid: 'u' },
      spec: { pytorchReplicaSpecs: { Worker: { replicas: 2, template } } },
    };
  }

  const TEMPLATE = ['spec', 'pytorchReplicaSpecs', 'Worker', 'template'];
  const tolerationsOf = (object: JsonObject): unknown => memberAt(object, ...TEMPLATE, 'spec', 'tolerations');
  const stored = patched(job({ tolerations: [GPU] }), mutate(request({ object: job({ tolerations: [GPU] }) }), view()));
  const stamp = memberAt(stored, ...TEMPLATE, 'metadata') as JsonObject;

  function updated(object: JsonObject): JsonObject {
    return patched(object, mutate(request({ operation: 'UPDATE', object, oldObject: stored }), view()));
  }

  it('loses a toleration that somebody takes out of it', () => {
    expect(tolerationsOf(updated(job({}, stamp)))).to.equal(undefined);
  });

  it('gets it back when it is replaced by its first manifest', () => {
    expect(tolerationsOf(updated(job({})))).to.deep.equal([GPU]);
  });
});
