import { expect } from 'chai';
import fc from 'fast-check';
import { formatWish, PLAIN_WISH } from '../../../src/api/accelerators/wish.ts';
import { claimDemand, claimSpecOf } from '../../../src/api/accelerators/claim-template.ts';
import { CLAIM_OFFERS } from '../../../src/api/accelerators/catalogue/claim-offers.ts';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import { arrayAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import { inject } from '../../../webhooks/injection/inject.ts';
import { ObjectPatch } from '../../../webhooks/object-patch.ts';
import { readTemplateFacts } from '../../../webhooks/template-facts.ts';
import type { DeviceShape } from '../../control-plane/device-shape.ts';
import { claimedInventory, conditionsOf, deviceOf, mayHave } from './claimed.ts';
import { inventory, nvidia, pod, translated } from './nodes.ts';

const NVIDIA = 'gpu.nvidia.com';
function gpu(productName: string, memory: string, compute: string, count = 8): DeviceShape {
  const attributes = { type: 'gpu', productName, cudaComputeCapability: { version: `${compute}.0` } };
  return { driver: NVIDIA, count, attributes, capacity: { memory } };
}
function mig(profile: string, memory: string, count = 7): DeviceShape {
  const attributes = { type: 'mig', profile, productName: 'NVIDIA H100 80GB HBM3' };
  return { driver: NVIDIA, count, attributes, capacity: { memory } };
}
const amd = (productName: string, memory: string, type = 'amdgpu'): DeviceShape => ({
  driver: 'gpu.amd.com',
  count: 8,
  attributes: { type, productName },
  capacity: { memory },
});
const plain = (driver: string, name: string, value: string, count = 4): DeviceShape => ({
  driver,
  count,
  attributes: { [name]: value },
});

const H100 = gpu('NVIDIA H100 80GB HBM3', '81559Mi', '9.0');
const H100_PCIE = gpu('NVIDIA H100 PCIe', '81559Mi', '9.0');
const A100_40 = gpu('NVIDIA A100-SXM4-40GB', '40960Mi', '8.0');
const A10 = gpu('NVIDIA A10', '23028Mi', '8.6');
const RTX = gpu('NVIDIA GeForce RTX 4090', '24564Mi', '8.9');
const SILENT: DeviceShape = { driver: NVIDIA, count: 8, attributes: { type: 'gpu' } };
const MIG_1G = mig('1g.10gb', '9856Mi');
const MIG_3G = mig('3g.40gb', '40448Mi', 2);
const MI300X = amd('AMD_Instinct_MI300X_OAM', '196592Mi');
const MI210 = amd('AMD_INSTINCT_MI210', '65520Mi');
const UNREAD = amd('AMD_INSTINCT_MI210', '0');
const PART = amd('AMD_Instinct_MI300X_OAM', '24574Mi', 'amdgpu-partition');
const A770: DeviceShape = { ...plain('gpu.intel.com', 'model', 'A770'), capacity: { memory: '16288Mi' } };
const GAUDI2 = plain('gaudi.intel.com', 'model', 'Gaudi2', 8);
const GAUDI3 = plain('gaudi.intel.com', 'model', 'Gaudi3', 8);
const V4 = plain('tpu.google.com', 'tpuGen', 'v4');
const V5P = plain('tpu.google.com', 'tpuGen', 'v5p');
const TRN1 = plain('neuron.aws.com', 'instanceType', 'trn1.32xlarge', 16);
const TRN2 = plain('neuron.aws.com', 'instanceType', 'trn2.48xlarge', 16);

interface Row {
  readonly wish: string;
  readonly className: string;
  readonly has: readonly DeviceShape[];
  /** Devices of the same driver that it must not have. */
  readonly hasNot: readonly DeviceShape[];
}
const ROWS: readonly Row[] = [
  { wish: '8 x gpu', className: NVIDIA, has: [H100, A10, RTX], hasNot: [MIG_1G] },
  { wish: '8 x h100', className: NVIDIA, has: [H100, H100_PCIE], hasNot: [A10, A100_40, SILENT, MIG_1G] },
  { wish: '1 x rtx4090', className: NVIDIA, has: [RTX], hasNot: [A10, H100] },
  { wish: '8 x gpu, memory >= 80Gi', className: NVIDIA, has: [H100, H100_PCIE], hasNot: [A100_40, A10, SILENT] },
  {
    wish: '8 x gpu, memory >= 80Gi, one NVLink domain',
    className: NVIDIA,
    has: [H100],
    hasNot: [H100_PCIE, A100_40, RTX],
  },
  { wish: 'gpu, compute >= 8.6', className: NVIDIA, has: [A10, RTX, H100], hasNot: [A100_40, SILENT] },
  { wish: 'gpu, model a10|h100', className: NVIDIA, has: [A10, H100], hasNot: [A100_40, RTX] },
  { wish: '2 x gpu, profile 1g.10gb', className: 'mig.nvidia.com', has: [MIG_1G], hasNot: [MIG_3G, H100] },
  { wish: '8 x gpu, vendor amd', className: 'gpu.amd.com', has: [MI300X, MI210, UNREAD], hasNot: [PART] },
  { wish: '8 x mi300x', className: 'gpu.amd.com', has: [MI300X], hasNot: [MI210, PART] },
  { wish: 'gpu, memory >= 64Gi, vendor amd', className: 'gpu.amd.com', has: [MI300X, MI210], hasNot: [UNREAD, PART] },
  { wish: '1 x a770', className: 'gpu.intel.com', has: [A770], hasNot: [] },
  { wish: '8 x gaudi2', className: 'gaudi.intel.com', has: [GAUDI2], hasNot: [GAUDI3] },
  { wish: '8 x hpu, memory >= 120Gi', className: 'gaudi.intel.com', has: [GAUDI3], hasNot: [GAUDI2] },
  { wish: '4 x tpu, memory >= 90Gi', className: 'tpu.google.com', has: [V5P], hasNot: [V4] },
  { wish: '16 x trn2', className: 'neuron.aws.com', has: [TRN2], hasNot: [TRN1] },
];

/** A node for each shape. */
function cluster(...shapes: readonly DeviceShape[]): DeviceInventory {
  return claimedInventory(Object.fromEntries(shapes.map((shape, at) => [`n${at}`, [shape]])));
}

/** The pod as it is stored. */
function stored(text: string, object: JsonObject, known: DeviceInventory): JsonObject {
  const { injection, errors } = translated(text, known, object);
  expect(errors).to.deep.equal([]);
  const patch = new ObjectPatch(object);
  expect(inject(patch, readTemplateFacts(object, ''), [], injection)).to.deep.equal([]);
  return applyPatch(object, patch.operations) as JsonObject;
}

describe('a wish for devices that are given out by claims', () => {
  for (const { wish, className, has, hasNot } of ROWS) {
    it(`"${wish}" becomes a claim of ${className} that devices as wished meet, and no others`, () => {
      const told = translated(wish, cluster(...has, ...hasNot));
      expect(told.errors).to.deep.equal([]);
      expect(told.injection.resources).to.deep.equal([]);
      expect(told.injection.nodeRequirements).to.deep.equal([]);
      expect(told.injection.annotations['sluice.dev/accelerators-applied']).to.contain(`"className":"${className}"`);
      for (const shape of has) expect(mayHave(deviceOf(shape), told), JSON.stringify(shape)).to.equal(true);
      for (const shape of hasNot) expect(mayHave(deviceOf(shape), told), JSON.stringify(shape)).to.equal(false);
    });
  }

  it('has a row for each driver of the catalogue', () => {
    const rows = new Set(ROWS.map(({ className }) => className));
    expect(CLAIM_OFFERS.map(({ claim }) => claim.className).filter((name) => !rows.has(name))).to.deep.equal([]);
  });

  it('is accepted where a device meets its conditions, and refused where none does', () => {
    const shapes = [H100, H100_PCIE, A100_40, A10, RTX, MIG_1G, MIG_3G, MI300X, MI210, UNREAD, GAUDI2, V5P, TRN1];
    const wishes = [...ROWS.map(({ wish }) => wish), '8 x gpu, model a100, memory >= 80Gi', '2 x gpu, memory >= 24Gi'];
    fc.assert(
      fc.property(fc.constantFrom(...wishes), fc.constantFrom(...shapes), (wish, shape) => {
        const told = translated(wish, cluster({ ...shape, count: 16 }));
        const hoped = translated(`${wish}, may come`, cluster({ ...shape, count: 16 }));
        if (told.errors.length === 0) expect(mayHave(deviceOf(shape), told)).to.equal(true);
        else if (conditionsOf(hoped).length > 0) expect(mayHave(deviceOf(shape), hoped)).to.equal(false);
      }),
    );
  });

  it('is written into the pod and into the container that uses it, once', () => {
    const containers = [{ name: 'a' }, { name: 'b', resources: { claims: [{ name: 'own' }] } }];
    const object = pod({ containers, resourceClaims: [{ name: 'own', resourceClaimName: 'own' }] });
    const once = stored('2 x h100, container b', object, cluster(H100));
    const [, claim] = arrayAt(once, 'spec', 'resourceClaims');
    expect(claim).to.have.property('name', 'sluice-accelerators');
    expect(claim)
      .to.have.property('resourceClaimTemplateName')
      .that.matches(/^sluice-[0-9a-z]{12}$/);
    expect(arrayAt(arrayAt(once, 'spec', 'containers')[1], 'resources', 'claims')).to.deep.equal([
      { name: 'own' },
      { name: 'sluice-accelerators' },
    ]);
    for (const later of [cluster(H100), cluster(A10), inventory()])
      expect(stored('2 x h100, container b', once, later)).to.deep.equal(once);
  });

  it('shares its template with everybody who wishes for the same', () => {
    const of = (wish: string, known = cluster(H100, A10)): string => {
      return translated(wish, known)
        .injection.claims.map(({ template }) => template)
        .join();
    };
    expect(of('2 x h100, memory >= 80Gi')).to.equal(of('memory >= 80Gi, 2 x H100, may come, container main'));
    expect(of('2 x h100')).to.not.equal(of('1 x h100'));
    expect(of('2 x h100')).to.not.equal(of('2 x a10'));
  });

  it('follows a wish that changes, in the template of what makes pods', () => {
    const before = stored('2 x h100', pod(), cluster(H100));
    const after = stored('4 x h100', before, cluster(H100));
    expect(arrayAt(after, 'spec', 'resourceClaims')).to.have.length(1);
    expect(arrayAt(after, 'spec', 'resourceClaims')).to.not.deep.equal(arrayAt(before, 'spec', 'resourceClaims'));
  });

  it('is refused where an earlier wish came to a resource, and the other way round', () => {
    const plugin = inventory(nvidia('NVIDIA-H100-80GB-HBM3', 81_559));
    const messages = [
      translated('2 x h100', cluster(H100), stored('8 x h100', pod(), plugin)),
      translated('8 x h100', plugin, stored('2 x h100', pod(), cluster(H100))),
    ].map(({ errors }) => errors.map(({ path, message }) => `${path}: ${message}`).join());
    expect(messages[0]).to.match(/resources\.limits\[nvidia\.com\/gpu\]: an earlier wish put it there/);
    expect(messages[1]).to.match(/^spec\.resourceClaims: an earlier wish put it there/);
  });

  it('is met by device plugins where those have as many', () => {
    const plugin = nvidia('NVIDIA-H100-80GB-HBM3', 81_559);
    const both = { ...cluster(H100), kinds: [...cluster(H100).kinds, plugin] };
    expect(translated('8 x h100', both).injection.claims).to.deep.equal([]);
    const more = { ...both, kinds: [...both.kinds, ...cluster(H100).kinds] };
    expect(translated('8 x h100', more).injection.claims).to.have.length(1);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    [
      '16 x h100',
      /no node has 16 x device, model h100, and the most that any node has is 8; there are: 1 nodes with 8 x gpu\.nvidia\.com \(NVIDIA H100 80GB HBM3 of 81559Mi\)/,
    ],
    ['1 x gpu, model b200', /no node has 1 x gpu, model b200; there are: /],
    ['0.5 gpu', /no node has 0\.5 gpu; there are: /],
    ['40 x gpu, profile 1g.10gb', /no node has 40 x gpu, profile 1g\.10gb/],
  ];
  for (const [wish, message] of refused) {
    it(`is refused for "${wish}", with what slices have`, () => {
      const known = cluster(H100, { ...MIG_1G, count: 56 });
      expect(
        translated(wish, known)
          .errors.map((error) => error.message)
          .join(),
      ).to.match(message);
    });
  }

  it('is for the driver that there is where devices may come', () => {
    const told = translated('8 x b200, may come', cluster(H100));
    expect(told.warnings.join()).to.match(/no node has it yet: gpu\.nvidia\.com is asked for/);
    expect(told.injection.claims).to.have.length(1);
  });

  it('says that its class is not there', () => {
    expect(translated('1 x h100', cluster(H100)).warnings).to.deep.equal([]);
    const told = translated('1 x h100', claimedInventory({ n: [H100] }, ['gpu.amd.com']));
    expect(told.warnings).to.deep.equal(['at: there is no DeviceClass gpu.nvidia.com: pods wait for it']);
  });

  it('counts what a node has of each kind of devices, of all its slices', () => {
    const { kinds } = claimedInventory({ a: [H100, MIG_1G, MI300X], b: [MI300X] });
    expect(kinds.map(({ nodes, resources }) => [nodes, ...resources].flat())).to.deep.equal([
      [2, 'gpu.amd.com', 8],
      [1, NVIDIA, 8],
      [1, 'mig.nvidia.com/1g.10gb', 7],
    ]);
  });

  it('asks for no device at all where no model that is known has as much', () => {
    const demand = claimDemand('gaudi.intel.com', { ...PLAIN_WISH, memoryMib: 1024 * 1024 });
    const spec = claimSpecOf(demand, formatWish({ ...PLAIN_WISH, memoryMib: 1024 * 1024 }));
    expect(JSON.stringify(spec)).to.contain('.model) && false');
  });

  it('makes no template of what is no wish, or of another one', () => {
    const [{ template } = { template: '' }] = translated('2 x h100', cluster(H100)).injection.claims;
    const wish = '2 x device, model h100';
    expect(claimSpecOf({ className: NVIDIA, template }, wish)).to.not.equal(undefined);
    for (const [className, text] of [
      ['gpu.amd.com', wish],
      ['own.example.com', wish],
      [NVIDIA, '3 x h100'],
      [NVIDIA, 'all of them'],
    ] as const)
      expect(claimSpecOf({ className, template }, text), text).to.equal(undefined);
  });
});
