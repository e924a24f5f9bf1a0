import { expect } from 'chai';
import { isOf } from '../../src/api/accelerators/device-memory.ts';
import { CATALOGUE } from '../../src/api/accelerators/catalogue/table.ts';
import { CLAIM_OFFERS } from '../../src/api/accelerators/catalogue/claim-offers.ts';
import { claimDemand, claimSpecOf } from '../../src/api/accelerators/claim-template.ts';
import { parseWish } from '../../src/api/accelerators/parse-wish.ts';
import { TOPOLOGY_DECISION_ANNOTATION, UNUSED_SINCE_ANNOTATION } from '../../src/api/keys.ts';
import {
  apiVersion,
  CLAIM_TEMPLATES,
  DEVICE_CLASSES,
  HYPER_NODES,
  POD_GROUPS,
  PODS,
  RESOURCE_CLAIMS,
  VCJOBS,
} from '../../src/api/resources.ts';
import { vgpuPlugin } from '../support/card-plugins.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { numatopologiesOf } from '../control-plane/numa-shape.ts';
import type { NodeShape } from '../control-plane/node-shape.ts';
import type { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'devices';
const SIZE = { cpu: '16', memory: '64Gi', count: 1 } as const;
const PRODUCT = 'nvidia.com/gpu.product';
const MEMORY = 'nvidia.com/gpu.memory';
/** Nodes of one value are one domain of NVLink. */
const CLIQUE = 'nvidia.com/gpu.clique';
const TWO_HALVES = [
  [500, 50],
  [500, 50],
];

/** Wish, node and resource of vendors whose nodes bear nothing but the resource. */
const OTHER_VENDORS: readonly (readonly [string, string, string])[] = [
  ['2 x gpu, vendor intel', 'intel', 'gpu.intel.com/xe'],
  ['1 x fpga, vendor intel-fpga', 'arria', 'fpga.intel.com/af-d8424dc4a4a3c413f89e433683f9040b'],
  ['4 x mlu', 'mlu', 'cambricon.com/mlu'],
  ['4 x dcu', 'dcu', 'hygon.com/dcu'],
  ['2 x gcu', 'gcu', 'enflame.com/gcu'],
  ['2 x xpu', 'xpu', 'kunlunxin.com/xpu'],
  ['2 x gpu, vendor metax', 'metax', 'metax-tech.com/gpu'],
  ['2 x gpu, vendor mthreads', 'mthreads', 'mthreads.com/gpu'],
  ['2 x gpu, vendor iluvatar', 'iluvatar', 'iluvatar.ai/gpu'],
  ['2 x gpu, vendor biren', 'biren', 'birentech.com/gpu'],
  ['2 x gpu, vendor vastai', 'vastai', 'vastaitech.com/va'],
];

/** Nodes as the vendors' own programs label and taint them. */
const NODES: readonly NodeShape[] = [
  {
    ...SIZE,
    namePrefix: 'h100',
    labels: { [PRODUCT]: 'NVIDIA-H100-80GB-HBM3', [MEMORY]: '81559' },
    devices: { 'nvidia.com/gpu': '8' },
    taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
  },
  {
    ...SIZE,
    namePrefix: 'a10',
    labels: { [PRODUCT]: 'NVIDIA-A10', [MEMORY]: '23028' },
    devices: { 'nvidia.com/gpu': '4' },
  },
  {
    ...SIZE,
    namePrefix: 'mig',
    labels: { [PRODUCT]: 'NVIDIA-A100-SXM4-80GB', [MEMORY]: '81920', 'nvidia.com/mig.strategy': 'mixed' },
    devices: { 'nvidia.com/mig-1g.10gb': '7' },
  },
  {
    ...SIZE,
    namePrefix: 'sliced',
    labels: {
      [PRODUCT]: 'Tesla-T4-SHARED',
      [MEMORY]: '15360',
      'nvidia.com/gpu.sharing-strategy': 'time-slicing',
      'nvidia.com/gpu.replicas': '4',
    },
    devices: { 'nvidia.com/gpu': '16' },
  },
  {
    ...SIZE,
    namePrefix: 'vgpu',
    cards: { scheme: 'vgpu', count: 4, memory: 81920 },
  },
  { ...SIZE, namePrefix: 'halves', cards: { scheme: 'vgpu', count: 2, memory: 1000, type: 'NVIDIA-L40' } },
  {
    ...SIZE,
    namePrefix: 'mi210',
    labels: { 'beta.amd.com/gpu.product-name.AMD_INSTINCT_MI210': '8', 'beta.amd.com/gpu.vram.64G': '8' },
    devices: { 'amd.com/gpu': '8' },
  },
  {
    ...SIZE,
    namePrefix: 'mi300',
    labels: { 'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM', 'amd.com/gpu.vram': '192G' },
    devices: { 'amd.com/gpu': '8' },
    taints: [{ key: 'amd.com/gpu', effect: 'NoSchedule' }],
  },
  {
    ...SIZE,
    namePrefix: 'tpu',
    labels: {
      'cloud.google.com/gke-tpu-accelerator': 'tpu-v5-lite-podslice',
      'cloud.google.com/gke-tpu-topology': '2x4',
    },
    devices: { 'google.com/tpu': '4' },
    taints: [{ key: 'google.com/tpu', value: 'present', effect: 'NoSchedule' }],
  },
  {
    ...SIZE,
    namePrefix: 'trn',
    labels: { 'node.kubernetes.io/instance-type': 'trn1.32xlarge' },
    devices: { 'aws.amazon.com/neuron': '16' },
  },
  {
    ...SIZE,
    namePrefix: 'ascend',
    labels: { 'node.kubernetes.io/npu.chip.name': '910B3' },
    devices: { 'huawei.com/Ascend910': '8' },
  },
  { ...SIZE, namePrefix: 'gaudi', devices: { 'habana.ai/gaudi': '8' } },
  {
    ...SIZE,
    namePrefix: 'claimed',
    claimed: [
      {
        driver: 'gpu.nvidia.com',
        count: 4,
        attributes: { type: 'gpu', productName: 'NVIDIA H200', cudaComputeCapability: { version: '9.0.0' } },
        capacity: { memory: '143771Mi' },
      },
    ],
  },
  ...['1', '2', '1', '2'].map((clique, at) => ({
    ...SIZE,
    namePrefix: `linked-${at}`,
    labels: { [PRODUCT]: 'NVIDIA-GB200', [MEMORY]: '189471', [CLIQUE]: `cluster.${clique}` },
    devices: { 'nvidia.com/gpu': '4' },
  })),
  { ...SIZE, cpu: '10', namePrefix: 'numa', numa: { zones: 2 } },
  { ...SIZE, namePrefix: 'fpga', devices: { 'amd.com/xilinx_u250_gen3x16_xdma_shell_4_1-0': '2' } },
  ...OTHER_VENDORS.map(([, namePrefix, resource]) => ({ ...SIZE, namePrefix, devices: { [resource]: '4' } })),
];

/** As the chart of NVIDIA's driver makes it. */
const DRIVERS_CLASS = {
  apiVersion: apiVersion(DEVICE_CLASSES),
  kind: DEVICE_CLASSES.kind,
  metadata: { name: 'gpu.nvidia.com' },
  spec: {
    selectors: [
      {
        cel: {
          expression: "device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'gpu'",
        },
      },
    ],
  },
};

/** Parts of vGPUs are given out, and NUMA policies minded. */
const POLICY = `
actions: enqueue, allocate, backfill
tiers:
  - plugins:
      - name: priority
      - name: gang
      - name: predicates
      - name: proportion
      - name: nodeorder
      - name: deviceshare
        arguments: { deviceshare.VGPUEnable: true }
      - name: numa-aware
      - name: network-topology-aware
`;

/** Half of a card of the node that has such. */
const HALF = { 'volcano.sh/vgpu-number': '1', 'volcano.sh/vgpu-memory': '500', 'volcano.sh/vgpu-cores': '50' };

/** Wish, node and resource. */
const ROWS: readonly (readonly [string, string, string])[] = [
  ['8 x gpu, memory >= 80Gi, vendor nvidia', 'h100', 'nvidia.com/gpu'],
  ['2 x a10', 'a10', 'nvidia.com/gpu'],
  ['2 x gpu, profile 1g.10gb', 'mig', 'nvidia.com/mig-1g.10gb'],
  ['0.25 gpu, model t4', 'sliced', 'nvidia.com/gpu'],
  ['gpu memory 10Gi shared', 'vgpu', 'volcano.sh/vgpu-memory'],
  ['4 x mi210', 'mi210', 'amd.com/gpu'],
  ['8 x gpu, vendor amd, memory >= 100Gi', 'mi300', 'amd.com/gpu'],
  ['4 x tpu, model v5e, topology 2x4', 'tpu', 'google.com/tpu'],
  ['16 x trainium', 'trn', 'aws.amazon.com/neuron'],
  ['8 x npu, model 910b', 'ascend', 'huawei.com/Ascend910'],
  ['8 x hpu', 'gaudi', 'habana.ai/gaudi'],
  ['1 x fpga, model u250', 'fpga', 'amd.com/xilinx_u250_gen3x16_xdma_shell_4_1-0'],
  ...OTHER_VENDORS,
];

/** For each class of the catalogue's drivers a wish with all that they tell. */
const CLAIMED_WISHES: readonly (readonly [string, string])[] = [
  ['gpu.nvidia.com', '8 x gpu, model h100|h200, compute >= 9.0, memory >= 80Gi, one NVLink domain'],
  ['mig.nvidia.com', '2 x gpu, profile 1g.10gb+me, model h100'],
  ['gpu.amd.com', '8 x mi300x, memory >= 192Gi, one NVLink domain'],
  ['gpu.intel.com', '1 x a770, memory >= 16Gi'],
  ['gaudi.intel.com', '8 x hpu, memory >= 120Gi'],
  ['tpu.google.com', '4 x tpu, model v5e'],
  ['neuron.aws.com', '16 x trn2, memory >= 90Gi'],
];

describe('accelerators in words', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let history: History;
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({
      policy: POLICY,
      nodes: NODES,
      kinds: [PODS, POD_GROUPS, RESOURCE_CLAIMS, CLAIM_TEMPLATES],
    });
    ({ plane, history } = stage);
    const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'nvidia' } };
    await applied(plane, optedInNamespace(TEAM), { ...runtimeClass, handler: 'nvidia' }, DRIVERS_CLASS);
    await known();
  });

  after(() => stage?.stop());

  it('know a node of each vendor of the catalogue', () => {
    const resources = [...ROWS.map(([, , resource]) => resource), 'volcano.sh/vgpu-number'];
    const without = CATALOGUE.filter(
      ({ offers }) => !offers.some((offer) => resources.some((one) => isOf(offer, one))),
    );
    expect(without.map(({ name }) => name)).to.deep.equal([]);
  });

  for (const [at, [wish, node, resource]] of ROWS.entries()) {
    it(`"${wish}" ends on a node that has it`, async () => {
      const name = `row-${at}`;
      await applied(plane, inNamespace(TEAM, job(name, 1, { annotations: { 'sluice.dev/accelerators': wish } })));
      const pod = await runningOf(name);
      expect(stringAt(pod, ['spec', 'nodeName'])).to.equal(`${node}-0`);
      expect(objectAt(arrayAt(pod, 'spec', 'containers')[0], 'resources', 'limits')).to.have.property(resource);
      const isNvidia = resource.startsWith('nvidia.com/') || resource.startsWith('volcano.sh/');
      expect(stringAt(pod, ['spec', 'runtimeClassName'])).to.equal(isNvidia ? 'nvidia' : '');
    });
  }

  it('refuses what no node has, and says what there is', async () => {
    const { code, stderr } = await dryRun('16 x h100');
    expect(code).to.not.equal(0);
    expect(stderr).to.match(/no node has 16 x device, model h100, and the most that any node has is 8.*there are: /);
  });

  it('claims what a driver tells in slices: a gang gets its devices by a template that is made for its wish', async () => {
    const wish = '2 x gpu, model h200, memory >= 140Gi, compute >= 9.0';
    await applied(plane, inNamespace(TEAM, job('claiming', 2, { annotations: { 'sluice.dev/accelerators': wish } })));
    const pods = await runningPods('claiming', 2);
    expect(pods.map((pod) => stringAt(pod, ['spec', 'nodeName']))).to.deep.equal(['claimed-0', 'claimed-0']);
    const claims = history.all(RESOURCE_CLAIMS);
    const devices = claims.flatMap((claim) => arrayAt(claim, 'status', 'allocation', 'devices', 'results'));
    expect(devices.map((device) => stringAt(device, ['device'])).toSorted()).to.deep.equal(
      [0, 1, 2, 3].map((at) => `device-${at}`),
    );
    const names = pods.map((pod) => stringAt(arrayAt(pod, 'spec', 'resourceClaims')[0], ['resourceClaimTemplateName']));
    expect(new Set(names).size).to.equal(1);
    await plane.kubectl(['delete', 'job', 'claiming', '-n', TEAM]);
    await stage.sluice.during(
      history.until('the template is noted as one that nobody uses', () => {
        const template = history.get(CLAIM_TEMPLATES, `${TEAM}/${names[0]}`);
        return stringAt(template, ['metadata', 'annotations', UNUSED_SINCE_ANNOTATION]) || undefined;
      }),
    );
  });

  it('asks for the devices of each driver in conditions that Kubernetes can read', async () => {
    expect(CLAIMED_WISHES.map(([className]) => className)).to.deep.equal(
      CLAIM_OFFERS.map(({ claim }) => claim.className),
    );
    const items = CLAIMED_WISHES.map(([className, wish]) => {
      const parsed = parseWish(wish);
      if (parsed.kind === 'mistake') throw new Error(wish);
      const demand = claimDemand(className, parsed.wish);
      const metadata = { name: demand.template, namespace: TEAM };
      return {
        apiVersion: apiVersion(CLAIM_TEMPLATES),
        kind: CLAIM_TEMPLATES.kind,
        metadata,
        spec: { spec: claimSpecOf(demand, wish) },
      };
    });
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { code, stderr } = await plane.kubectl(['create', '--dry-run=server', '-f', '-'], list);
    expect(code, stderr).to.equal(0);
  });

  it('refuses what no slice has, and says what slices have', async () => {
    const { code, stderr } = await dryRun('8 x h200');
    expect(code).to.not.equal(0);
    expect(stderr).to.match(/no node has 8 x device, model h200.*4 x gpu\.nvidia\.com \(NVIDIA H200 of 143771Mi\)/);
  });

  it('keeps a group within one NVLink domain, of HyperNodes that are such, and says what is there before they are', async () => {
    const wish = '4 x gb200, one NVLink domain for the group';
    const { stderr } = await dryRun(wish);
    expect(stderr).to.match(
      /no HyperNode is a domain of links of nvidia.*4 nodes have the label nvidia\.com\/gpu\.clique/,
    );
    await applied(plane, ...[0, 1].map((at) => linkedNodes(`linked-${at}-0`, `linked-${at + 2}-0`)));
    while ((await dryRun(wish)).code !== 0) await stage.sluice.during(Promise.resolve());
    await applied(plane, inNamespace(TEAM, job('linked', 2, { annotations: { 'sluice.dev/accelerators': wish } })));
    const places = (await runningPods('linked', 2)).map((pod) => stringAt(pod, ['spec', 'nodeName']));
    expect([
      ['linked-0-0', 'linked-2-0'],
      ['linked-1-0', 'linked-3-0'],
    ]).to.deep.include(places.toSorted());
  });

  it('gives the pods of a Deployment what its template asks for in short', async () => {
    const labels = { app: 'serve', 'sluice.dev/accelerator': 'a10-1' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { app: 'serve' } }, template };
    const metadata = { name: 'serve', namespace: TEAM };
    await applied(plane, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
    expect(stringAt(await runningOf('serve'), ['spec', 'nodeName'])).to.equal('a10-0');
  });

  it('gives the tasks of a Job of Volcano what the job wishes, by resources or by claims', async () => {
    const annotations = { 'sluice.dev/accelerators': '1 x h200, memory >= 140Gi' };
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'none' }] } };
    const own = { ...template, metadata: { annotations: { 'sluice.dev/accelerators': '1 x a10' } } };
    const tasks = [
      { name: 'claims', replicas: 1, template },
      { name: 'asks', replicas: 1, template: own },
    ];
    const metadata = { name: 'tasks', namespace: TEAM, annotations };
    await applied(plane, { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, metadata, spec: { tasks } });
    const pods = await runningPods('tasks', 2);
    expect(pods.map((pod) => stringAt(pod, ['spec', 'nodeName'])).toSorted()).to.deep.equal(['a10-0', 'claimed-0']);
  });

  it('shares cards between pods, also those that an engine before it has placed', async () => {
    await applied(plane, halves('first', 3));
    const first = await runningPods('first', 3);
    await stage.restart();
    await applied(plane, halves('second', 1));
    const second = await runningPods('second', 1);
    await applied(plane, halves('third', 1));
    const given = [...first, ...second].map((pod) => {
      const annotations = objectAt(pod, 'metadata', 'annotations') as Readonly<Record<string, string>>;
      return vgpuPlugin('halves-0', annotations, [{ 'vgpu-number': 1 }]).flat();
    });
    const uses = Map.groupBy(given.flat(), ({ card }) => card);
    expect([...uses.keys()].toSorted()).to.deep.equal(['GPU-halves-0-0', 'GPU-halves-0-1']);
    for (const parts of uses.values())
      expect(parts.map(({ memory, cores }) => [memory, cores])).to.deep.equal(TWO_HALVES);
    const told = await stage.sluice.during(
      history.until('third is told that it waits', () => {
        const [waiting] = podsOf('third');
        return waiting && scheduledMessage(waiting) !== '' ? scheduledMessage(waiting) : undefined;
      }),
    );
    expect(told).to.contain('NotEnoughResources');
  });

  it('places a gang so that each pod has a NUMA node for itself, and says what a later one lacks', async () => {
    const tells = NODES.flatMap(numatopologiesOf);
    await applied(plane, ...tells, aligned('aligned', 2, '4'));
    const pods = await runningPods('aligned', 2);
    expect(pods.map((pod) => stringAt(pod, ['spec', 'nodeName']))).to.deep.equal(['numa-0', 'numa-0']);
    const decisions = pods.map((pod) => stringAt(pod, ['metadata', 'annotations', TOPOLOGY_DECISION_ANNOTATION]));
    expect(decisions.toSorted()).to.deep.equal(['{"0":{"cpu":"4"}}', '{"1":{"cpu":"4"}}']);
    await applied(plane, aligned('late', 1, '2'));
    const told = await stage.sluice.during(
      history.until('the late one is told that it waits', () => {
        const groups = history
          .all(POD_GROUPS)
          .filter((group) => stringAt(group, ['metadata', 'name']).startsWith('late-'));
        const conditions = groups.flatMap((group) => arrayAt(group, 'status', 'conditions'));
        return conditions.map((each) => stringAt(each, ['message'])).find((message) => message.includes('NUMA node ('));
      }),
    );
    expect(told).to.contain('1 node(s) had too little cpu on one NUMA node (2 asked for, at most 1 free)');
  });

  /** A Job of Volcano whose pods want their CPUs of one NUMA node. */
  function aligned(name: string, replicas: number, cpu: string): object {
    const container = { name: 'main', image: 'none', resources: { limits: { cpu, memory: '1Gi' } } };
    const template = { spec: { restartPolicy: 'Never', containers: [container] } };
    const tasks = [{ name: 'worker', replicas, topologyPolicy: 'single-numa-node', template }];
    const metadata = { name, namespace: TEAM };
    return { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, metadata, spec: { minAvailable: replicas, tasks } };
  }

  /** A HyperNode as it is made from the label of the nodes. */
  function linkedNodes(...nodes: readonly string[]): object {
    const members = nodes.map((name) => ({ type: 'Node', selector: { exactMatch: { name } } }));
    const metadata = { name: nodes.join('-') };
    const spec = { tier: 1, tierName: CLIQUE, members };
    return { apiVersion: apiVersion(HYPER_NODES), kind: HYPER_NODES.kind, metadata, spec };
  }

  function halves(name: string, pods: number): object {
    const container = { name: 'main', image: 'none', resources: { limits: HALF } };
    const metadata = { annotations: { 'nvidia.com/use-gputype': 'L40' } };
    const template = { metadata, spec: { restartPolicy: 'Never', containers: [container] } };
    const spec = { parallelism: pods, completions: pods, template };
    return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: TEAM }, spec };
  }

  function podsOf(prefix: string): readonly JsonObject[] {
    return history.all(PODS).filter((pod) => stringAt(pod, ['metadata', 'name']).startsWith(`${prefix}-`));
  }

  function runningPods(name: string, count: number): Promise<readonly JsonObject[]> {
    return stage.sluice.during(
      history.until(`${count} pods of ${name} run`, () => {
        const running = podsOf(name).filter((pod) => memberAt(pod, 'status', 'phase') === 'Running');
        return running.length === count ? running : undefined;
      }),
    );
  }

  function scheduledMessage(pod: JsonObject): string {
    const conditions = arrayAt(pod, 'status', 'conditions');
    return stringAt(
      conditions.find((each) => stringAt(each, ['type']) === 'PodScheduled'),
      ['message'],
    );
  }

  function runningOf(prefix: string): Promise<JsonObject> {
    return stage.sluice.during(
      history.until(`${prefix} runs`, () =>
        history
          .all(PODS)
          .find(
            (pod) =>
              stringAt(pod, ['metadata', 'name']).startsWith(`${prefix}-`) &&
              memberAt(pod, 'status', 'phase') === 'Running',
          ),
      ),
    );
  }

  function dryRun(wish: string): ReturnType<ControlPlane['kubectl']> {
    const object = inNamespace(TEAM, job('asked', 1, { annotations: { 'sluice.dev/accelerators': wish } }));
    return plane.kubectl(['apply', '--dry-run=server', '-f', '-'], JSON.stringify(object));
  }

  /** The engine has told the webhook of the nodes: nothing is refused before. */
  async function known(): Promise<void> {
    while ((await dryRun('16 x h100')).code === 0) await stage.sluice.during(Promise.resolve());
  }
});
