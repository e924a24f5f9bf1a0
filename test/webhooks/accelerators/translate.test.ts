import { expect } from 'chai';
import fc from 'fast-check';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import { inject } from '../../../webhooks/injection/inject.ts';
import { ObjectPatch } from '../../../webhooks/object-patch.ts';
import { readTemplateFacts } from '../../../webhooks/template-facts.ts';
import { amountsOf, inventory, kind, nvidia, pod, translated } from './nodes.ts';

const H100 = nvidia('NVIDIA-H100-80GB-HBM3', 81_559, {}, 8, 4);
const A10 = nvidia('NVIDIA-A10', 23_028, {}, 2, 10);
const MI300X = kind({ 'amd.com/gpu': 8 }, { 'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM' }, 2);
const NODES = inventory(A10, H100, MI300X);

function devicePod(resources: Readonly<Record<string, string>>, ...more: readonly JsonObject[]): JsonObject {
  return pod({ containers: [{ name: 'main', image: 'x', resources: { limits: resources } }, ...more] });
}

/** The pod as it is stored. */
function stored(text: string, object: JsonObject, known: DeviceInventory | undefined = NODES): JsonObject {
  const { injection, errors } = translated(text, known, object);
  expect(errors).to.deep.equal([]);
  const patch = new ObjectPatch(object);
  expect(inject(patch, readTemplateFacts(object, ''), [], injection)).to.deep.equal([]);
  return applyPatch(object, patch.operations) as JsonObject;
}

describe('a wish for accelerators in a cluster', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      '8 x h1000',
      /model h1000 is not known: known are h100.*there are: 10 nodes with 2 x nvidia\.com\/gpu \(NVIDIA-A10 of 23028Mi\); 4 nodes with 8/,
    ],
    ['8 x gpu, vendor apple', /no vendor apple of that class is known; there are nvidia, amd/],
    ['8 x tpu, vendor nvidia', /no vendor nvidia of that class/],
    [
      '8 x gpu, memory >= 900Gi, vendor nvidia',
      /no device that is known is 8 x gpu, vendor nvidia, memory >= 900Gi; there are: /,
    ],
    ['8 x t4, one NVLink domain', /no device that is known/],
    ['16 x h100', /no node has 16 x device, model h100, and the most that any node has is 8; there are: /],
    ['8 x b200', /no node has 8 x device, model b200.*there are: /],
    ['4 x tpu', /no node has 4 x tpu; nodes have none of that class at all/],
    ['2 x gpu, profile 1g.10gb', /no node has 2 x gpu, profile 1g\.10gb/],
    ['0.5 gpu', /no node has 0\.5 gpu/],
    ['1 x fpga, may come', /only nodes tell the name of the resource/],
    ['1 x gpu, container other', /no container is called other/],
  ];
  for (const [text, message] of refused) {
    it(`refuses "${text}" and says what there is`, () => {
      const { errors, injection } = translated(text, NODES);
      expect(errors.map((error) => error.message).join()).to.match(message);
      expect(errors[0]?.path).to.equal('at');
      expect(injection.resources).to.deep.equal([]);
    });
  }

  it('knows a model that is in no catalogue as soon as a node has it', () => {
    const told = translated('1 x b500', inventory(nvidia('NVIDIA-B500-SXM', 400_000)));
    expect(amountsOf(told)).to.deep.equal({ 'nvidia.com/gpu': '1' });
    expect(told.injection.nodeRequirements).to.deep.include({
      key: 'nvidia.com/gpu.product',
      operator: 'In',
      values: ['NVIDIA-B500-SXM'],
    });
  });

  it('asks for what is known by name before any node was seen, and says so', () => {
    const told = translated('8 x h100, memory >= 80Gi', undefined);
    expect(told.errors).to.deep.equal([]);
    expect(told.warnings.join()).to.match(/which nodes there are is not known yet: nvidia\.com\/gpu/);
    expect(told.injection.nodeRequirements.map(({ key, operator }) => `${key} ${operator}`)).to.deep.equal([
      'nvidia.com/gpu.memory Gt',
      'nvidia.com/gpu.product In',
      'nvidia.com/gpu.sharing-strategy NotIn',
    ]);
  });

  it('waits for nodes that may come where the wish says so', () => {
    const told = translated('8 x b200, may come', NODES);
    expect(told.errors).to.deep.equal([]);
    expect(told.warnings.join()).to.match(/no node has it yet/);
    expect(amountsOf(told)).to.deep.equal({ 'nvidia.com/gpu': '8' });
  });

  it('takes the vendor with the most devices and names the other', () => {
    const told = translated('8 x gpu', NODES);
    expect(amountsOf(told)).to.deep.equal({ 'nvidia.com/gpu': '8' });
    expect(told.warnings.join()).to.match(/nvidia and amd would do.*say "vendor amd"/);
  });

  it('brings the tolerations and the runtime class of the vendor, where the cluster has that', () => {
    const { injection } = translated('1 x h100', NODES);
    expect(injection.runtimeClassName).to.equal('nvidia');
    expect(injection.tolerations.map(({ key }) => key)).to.deep.equal(['nvidia.com/gpu']);
    expect(translated('1 x hpu', inventory(kind({ 'habana.ai/gaudi': 8 }))).injection.runtimeClassName).to.equal(
      undefined,
    );
  });

  it('leaves a runtime class that the pod names', () => {
    const { injection } = translated('1 x h100', NODES, pod({ runtimeClassName: 'kata' }));
    expect(injection.runtimeClassName).to.equal(undefined);
  });

  it('gives devices to the container that is named, or kubectl’s default, or the first', () => {
    const containers = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    const of = (text: string, annotations = {}): number | undefined =>
      translated(text, NODES, pod({ containers }, annotations)).injection.resources[0]?.container;
    expect(of('1 x h100')).to.equal(0);
    expect(of('1 x h100', { 'kubectl.kubernetes.io/default-container': 'c' })).to.equal(2);
    expect(of('1 x h100, container b')).to.equal(1);
  });

  it('keeps to the resource that the containers ask for themselves', () => {
    const told = translated('8 x gpu', NODES, devicePod({ 'amd.com/gpu': '8' }));
    expect(told.errors).to.deep.equal([]);
    expect(amountsOf(told)).to.deep.equal({ 'amd.com/gpu': '8' });
  });

  const contradictions: readonly (readonly [string, JsonObject, RegExp])[] = [
    ['8 x h100', devicePod({ 'nvidia.com/gpu': '4' }), /comes to 8/],
    [
      '8 x h100',
      devicePod({ 'nvidia.com/gpu': '8' }, { name: 'b', resources: { limits: { 'nvidia.com/gpu': '8' } } }),
      /one container of each pod/,
    ],
    ['8 x h100', devicePod({ 'nvidia.com/gpu': '8', 'amd.com/gpu': '1' }), /comes to another resource/],
  ];
  for (const [text, object, message] of contradictions) {
    it(`contradicts containers that ask for something else beside "${text}"`, () => {
      const { errors } = translated(text, NODES, object);
      expect(errors.map((error) => error.message).join()).to.match(message);
      expect(errors[0]?.path).to.match(/^spec\.containers\[\d\]\.resources\.limits\[/);
    });
  }

  it('refuses what containers ask for of another vendor than the wish', () => {
    expect(translated('8 x h100', NODES, devicePod({ 'amd.com/gpu': '8' })).errors).to.have.length(1);
  });

  it('follows a wish that changes its number, and says what stays', () => {
    const eight = stored('8 x h100', pod());
    const told = translated('4 x h100', NODES, eight);
    expect(amountsOf(told)).to.deep.equal({ 'nvidia.com/gpu': '4' });
    expect(told.warnings.join()).to.match(/an earlier wish asks of nodes stays/);
  });

  it('refuses a wish that changes to another resource', () => {
    const { errors } = translated('8 x mi300x', NODES, stored('8 x h100', pod()));
    expect(errors.map(({ message }) => message).join()).to.match(/an earlier wish put it there/);
  });

  it('changes nothing of a pod that has it all, whatever nodes there are by now', () => {
    const once = stored('8 x h100, memory >= 80Gi', pod());
    for (const later of [NODES, inventory(), undefined, inventory(A10)]) {
      expect(stored('8 x h100, memory >= 80Gi', once, later)).to.deep.equal(once);
    }
  });

  it('is the same after the second time for any wish and nodes', () => {
    const texts = fc.constantFrom(
      '8 x gpu',
      '1 x h100',
      'gpu, memory >= 20Gi',
      '0.5 gpu',
      'gpu, profile 1g.10gb',
      '8 x mi300x',
    );
    const kinds = fc.subarray([
      H100,
      A10,
      MI300X,
      kind({ 'nvidia.com/mig-1g.10gb': 7 }),
      kind({ 'volcano.sh/vgpu-number': 8, 'volcano.sh/vgpu-memory': 80_000, 'volcano.sh/vgpu-cores': 100 }),
    ]);
    fc.assert(
      fc.property(texts, kinds, kinds, (text, now, later) => {
        if (translated(text, inventory(...now)).errors.length > 0) return;
        const once = stored(text, pod(), inventory(...now));
        expect(stored(text, once, inventory(...later))).to.deep.equal(once);
      }),
    );
  });

  it('does not believe an annotation that somebody edited', () => {
    const forged = {
      'sluice.dev/accelerators-applied':
        '{"wish":"8 x device, model h100","container":"main","resources":{"nvidia.com/gpu":8}}',
    };
    expect(amountsOf(translated('8 x h100', NODES, pod({}, forged)))).to.deep.equal({ 'nvidia.com/gpu': '8' });
    for (const text of ['', '{', '[]', '{"resources":{"a":-1}}', '{"resources":{"a":"x"}}', 'x'.repeat(4000)]) {
      const object = pod({}, { 'sluice.dev/accelerators-applied': text });
      expect(amountsOf(translated('8 x h100', NODES, object))).to.deep.equal({ 'nvidia.com/gpu': '8' });
    }
  });
});
