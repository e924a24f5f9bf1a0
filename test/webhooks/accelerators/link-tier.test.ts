import { expect } from 'chai';
import { arrayAt, memberAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { mutateWorkload } from '../../../webhooks/apps/mutate.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import type { AdmitFn } from '../../../webhooks/admission.ts';
import { created, view } from '../fixture.ts';
import { inventory, kind, nvidia, translated } from './nodes.ts';

const CLIQUE = 'nvidia.com/gpu.clique';
const TIER_NAME = 'sluice.dev/network-topology-tier-name';
const WISH = '4 x gpu, one NVLink domain for the group';
const GB200 = nvidia('NVIDIA-GB200', 189_471, {}, 4, 18);

function cluster(
  tiers: Readonly<Record<string, number>>,
  domainLabels: Readonly<Record<string, number>> = {},
): DeviceInventory {
  return {
    ...inventory(GB200),
    tiers: new Map(Object.entries(tiers)),
    domainLabels: new Map(Object.entries(domainLabels)),
  };
}

describe('one NVLink domain for a group', () => {
  const rows: readonly (readonly [string, DeviceInventory | undefined, string, RegExp])[] = [
    ['is the tier that is called by the label of cliques', cluster({ rack: 9, [CLIQUE]: 2 }), CLIQUE, /^$/],
    ['is the tier that is called so', cluster({ rack: 9, nvlink: 2 }), 'nvlink', /^$/],
    ['is the tier of the label before one of people', cluster({ nvlink: 2, [CLIQUE]: 2 }), CLIQUE, /^$/],
    [
      'is hoped for while nothing is known',
      undefined,
      CLIQUE,
      /which HyperNodes there are is not known yet: tier nvidia/,
    ],
  ];
  for (const [name, known, tier, warning] of rows) {
    it(name, () => {
      const told = translated(WISH, known);
      expect(told.errors).to.deep.equal([]);
      expect(told.injection.annotations[TIER_NAME]).to.equal(tier);
      const links = told.warnings.filter((text) => text.includes('HyperNode')).join();
      expect(links).to.match(warning);
    });
  }

  const refused: readonly (readonly [string, DeviceInventory, RegExp])[] = [
    [
      'no HyperNode at all',
      cluster({}),
      /of tier nvidia\.com\/gpu\.clique or .* or nvlink; there are no HyperNodes with/,
    ],
    ['other tiers alone', cluster({ rack: 9, spine: 2 }), /; there are tiers rack \(9\), spine \(2\)$/],
    [
      'labels that no HyperNodes are made of',
      cluster({ rack: 9 }, { [CLIQUE]: 18 }),
      /; 18 nodes have the label nvidia\.com\/gpu\.clique: HyperNodes are made of it where .* networkTopologyTypes$/,
    ],
  ];
  for (const [name, known, message] of refused) {
    it(`is refused where there is ${name}, with what there is`, () => {
      const { errors, injection } = translated(WISH, known);
      expect(errors.map((error) => error.message).join()).to.match(message);
      expect(injection.annotations).to.deep.equal({});
      const hoped = translated(`${WISH}, may come`, known);
      expect(hoped.errors).to.deep.equal([]);
      expect(hoped.injection.annotations[TIER_NAME]).to.equal(CLIQUE);
      expect(hoped.warnings.join()).to.match(/no HyperNode is a domain.*tier nvidia\.com\/gpu\.clique is asked for/);
    });
  }

  it('wants devices with a link as well', () => {
    const cards = { ...cluster({ [CLIQUE]: 2 }), kinds: [nvidia('NVIDIA-H100-PCIe', 81_559)] };
    expect(translated(WISH, cards).errors).to.have.length(1);
  });

  it('is of a vendor whose links lead from node to node', () => {
    const amd = kind({ 'amd.com/gpu': 8 }, { 'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM' });
    const known = { ...cluster({ [CLIQUE]: 2 }), kinds: [amd] };
    expect(translated(`${WISH}, vendor amd`, known).errors[0]?.message).to.match(
      /of amd, of tier nvlink; there are tiers/,
    );
  });

  it('is told of to whoever wishes for a link between more devices than a node has', () => {
    const { errors } = translated('16 x gpu, one NVLink domain', cluster({ [CLIQUE]: 2 }));
    expect(errors[0]?.message).to.match(
      /any node has is 4; more take several pods: .* "one NVLink domain for the group"/,
    );
  });

  const PODS = {
    metadata: { annotations: { 'sluice.dev/accelerators': WISH } },
    spec: { containers: [{ name: 'c' }] },
  };
  const planOf = (object: JsonObject, at: readonly string[] = []): unknown =>
    JSON.parse(stringAt(memberAt(object, ...at, 'metadata'), ['annotations', 'sluice.dev/group-plan']) || '{}');
  const pytorch = BUILT_IN_KINDS.find((one) => one.kind === 'PyTorchJob');
  if (pytorch === undefined) throw new Error('no PyTorchJob');
  const roots: Readonly<Record<string, readonly [AdmitFn, JsonObject]>> = {
    Job: [mutateJob, { metadata: { name: 'j' }, spec: { parallelism: 4, completions: 4, template: PODS } }],
    Pod: [mutatePod, { metadata: { ...PODS.metadata, name: 'p' }, spec: PODS.spec }],
    PyTorchJob: [
      rootMutator(pytorch),
      {
        apiVersion: 'kubeflow.org/v1',
        kind: 'PyTorchJob',
        metadata: { name: 'train' },
        spec: { pytorchReplicaSpecs: { Worker: { replicas: 4, template: PODS } } },
      },
    ],
  };
  for (const [name, [admit, object]] of Object.entries(roots)) {
    it(`is what the group of a ${name} is held to`, () => {
      const stored = created(admit, object, view({ devices: cluster({ [CLIQUE]: 2 }) }));
      expect(planOf(stored)).to.deep.include({ networkTopology: { mode: 'hard', highestTierName: CLIQUE } });
    });
  }

  it('stands on the template of a Deployment, for the group of its pods', () => {
    const deployment = { metadata: { name: 'd' }, spec: { template: PODS } };
    const stored = created(mutateWorkload, deployment, view({ devices: cluster({ [CLIQUE]: 2 }) }));
    const template = memberAt(stored, 'spec', 'template');
    expect(stringAt(template, ['metadata', 'annotations', TIER_NAME])).to.equal(CLIQUE);
    expect(arrayAt(template, 'spec', 'containers')).to.have.length(1);
  });
});
