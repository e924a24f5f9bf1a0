import { expect } from 'chai';
import { CATALOGUE } from '../../../src/api/accelerators/catalogue/table.ts';
import type { NodeKind } from '../../../webhooks/accelerators/inventory.ts';
import { amountsOf, inventory, kind, nvidia, takes, translated } from './nodes.ts';

const H100 = nvidia('NVIDIA-H100-80GB-HBM3', 81_559);
const H100_PCIE = nvidia('NVIDIA-H100-PCIe', 81_559);
const A100_40 = nvidia('NVIDIA-A100-SXM4-40GB', 40_960);
const A10 = nvidia('NVIDIA-A10', 23_028);
const SHARED_BY = { 'nvidia.com/gpu.sharing-strategy': 'time-slicing', 'nvidia.com/gpu.replicas': '4' };
const TIME_SLICED = nvidia('NVIDIA-A10-SHARED', 23_028, SHARED_BY, 32);
const RENAMED = kind({ 'nvidia.com/gpu.shared': 8 }, { 'nvidia.com/gpu.product': 'NVIDIA-A10', ...SHARED_BY });
const MIG_SINGLE = nvidia('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 4864, {}, 56);
const MIG_MIXED = kind(
  { 'nvidia.com/gpu': 6, 'nvidia.com/mig-1g.10gb': 14, 'nvidia.com/mig-3g.40gb': 2 },
  { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3', 'nvidia.com/gpu.memory': '81559' },
);
const VGPU = kind({ 'volcano.sh/vgpu-number': 80, 'volcano.sh/vgpu-memory': 655_360, 'volcano.sh/vgpu-cores': 800 });
const HAMI = kind(
  { 'nvidia.com/gpu': 80, 'nvidia.com/gpumem': 655_360, 'nvidia.com/gpucores': 800 },
  { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB' },
);

const MI300X = kind(
  { 'amd.com/gpu': 8 },
  { 'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM', 'amd.com/gpu.vram': '192G' },
);
const OLD_AMD = (product: string, vram: string, count = 8): NodeKind =>
  kind(
    { 'amd.com/gpu': count },
    { [`beta.amd.com/gpu.product-name.${product}`]: String(count), [`beta.amd.com/gpu.vram.${vram}`]: String(count) },
  );
const OLD_MI210 = OLD_AMD('AMD_INSTINCT_MI210', '64G');
const OLD_MI250 = OLD_AMD('AMD_INSTINCT_MI250X', '128G');
const OLD_MI300 = OLD_AMD('AMD_Instinct_MI300X_OAM', '192G');

const MAX = kind({ 'gpu.intel.com/i915': 4 }, { 'gpu.intel.com/product': 'Max_1550' });
const FLEX = kind({ 'gpu.intel.com/i915': 4 }, { 'gpu.intel.com/product': 'Flex_170' });
const XE = kind({ 'gpu.intel.com/xe': 4 }, { 'gpu.intel.com/product': 'Max_1100' });
const GAUDI = kind({ 'habana.ai/gaudi': 8 }, { 'node.kubernetes.io/instance-type': 'dl1.24xlarge' });
const ASCEND_B3 = kind({ 'huawei.com/Ascend910': 8 }, { 'node.kubernetes.io/npu.chip.name': '910B3' });
const ASCEND_A = kind({ 'huawei.com/Ascend910': 8 }, { 'node.kubernetes.io/npu.chip.name': '910A' });
const ASCEND_310P = kind({ 'huawei.com/Ascend310P': 4 });
const ASCEND_HAMI = kind({
  'huawei.com/Ascend910B3': 8,
  'huawei.com/Ascend910B3-memory': 8 * 65_536,
  'huawei.com/Ascend910B3-core': 800,
});
const NPU = kind({ 'huawei.com/npu': 16 }, { 'node.kubernetes.io/npu.chip.name': '910C' });
const V5E = kind(
  { 'google.com/tpu': 4 },
  { 'cloud.google.com/gke-tpu-accelerator': 'tpu-v5-lite-podslice', 'cloud.google.com/gke-tpu-topology': '2x4' },
);
const V5P = kind(
  { 'google.com/tpu': 4 },
  { 'cloud.google.com/gke-tpu-accelerator': 'tpu-v5p-slice', 'cloud.google.com/gke-tpu-topology': '2x2x1' },
);
const TRN1 = kind({ 'aws.amazon.com/neuron': 16 }, { 'node.kubernetes.io/instance-type': 'trn1.32xlarge' });
const INF2 = kind({ 'aws.amazon.com/neuron': 12 }, { 'node.kubernetes.io/instance-type': 'inf2.48xlarge' });
const NEURON_OLD = kind({ 'aws.amazon.com/neurondevice': 1 }, { 'node.kubernetes.io/instance-type': 'inf1.xlarge' });
const ALVEO = kind({ 'amd.com/xilinx_u250_gen3x16_xdma_shell_4_1-0': 2 });
const U30 = kind({ 'xilinx.com/fpga-xilinx_u30_gen3x4_base_2-0': 2 });
const AF = kind({ 'fpga.intel.com/af-d8424dc4a4a3c413f89e433683f9040b': 1 });
const REGION = kind({ 'fpga.intel.com/region-69528db6eb31577a8c3668f9faa081f6': 1 });
const MLU = kind({ 'cambricon.com/mlu': 8 });
const SMLU = kind({
  'cambricon.com/vmlu': 8,
  'cambricon.com/mlu.smlu.vmemory': 800,
  'cambricon.com/mlu.smlu.vcore': 800,
});
const DCU = kind({ 'hygon.com/dcunum': 8, 'hygon.com/dcumem': 8 * 65_536, 'hygon.com/dcucores': 800 });
const METAX = kind({ 'metax-tech.com/gpu': 8 });
const SGPU = kind({ 'metax-tech.com/sgpu': 16, 'metax-tech.com/vmemory': 65_536, 'metax-tech.com/vcore': 800 });
const MTHREADS = kind({ 'mthreads.com/vgpu': 16, 'mthreads.com/sgpu-memory': 65_536, 'mthreads.com/sgpu-core': 800 });
const GCU = kind({ 'enflame.com/gcu': 8 });
const DRS = kind({ 'enflame.com/drs-gcu': 48, 'enflame.com/vgcu-percentage': 800 });
const ILUVATAR = kind({ 'iluvatar.ai/gpu': 8 });
const BI_V150 = kind({ 'iluvatar.ai/BI-V150-vgpu': 8 });
const XPU = kind({ 'kunlunxin.com/xpu': 8 });
const BIREN = kind({ 'birentech.com/gpu': 8 });
const VASTAI = kind({ 'vastaitech.com/va': 8 });

interface Row {
  readonly wish: string;
  readonly asks: Readonly<Record<string, number>>;
  readonly on: readonly NodeKind[];
  /** Nodes with the same or similar resources that must not take it. */
  readonly notOn?: readonly NodeKind[];
}

const rows: readonly Row[] = [
  {
    wish: '8 x gpu, vendor nvidia',
    asks: { 'nvidia.com/gpu': 8 },
    on: [H100, A10, H100_PCIE],
    notOn: [TIME_SLICED, MIG_SINGLE],
  },
  { wish: '8 x h100', asks: { 'nvidia.com/gpu': 8 }, on: [H100, H100_PCIE], notOn: [A10, A100_40, MIG_SINGLE] },
  { wish: '8 x gpu, memory >= 80Gi', asks: { 'nvidia.com/gpu': 8 }, on: [H100, H100_PCIE], notOn: [A10, A100_40] },
  {
    wish: '8 x gpu, memory >= 80Gi, one NVLink domain',
    asks: { 'nvidia.com/gpu': 8 },
    on: [H100],
    notOn: [A10, A100_40, H100_PCIE],
  },
  {
    wish: '2 x gpu, vendor nvidia, memory >= 24Gi',
    asks: { 'nvidia.com/gpu': 2 },
    on: [A10, H100],
    notOn: [MIG_SINGLE],
  },
  { wish: 'gpu, compute >= 8.6', asks: { 'nvidia.com/gpu': 1 }, on: [A10, H100], notOn: [A100_40] },
  { wish: 'gpu, model a10|h100', asks: { 'nvidia.com/gpu': 1 }, on: [A10, H100], notOn: [A100_40] },
  {
    wish: '2 x gpu, profile 1g.10gb',
    asks: { 'nvidia.com/mig-1g.10gb': 2 },
    on: [MIG_MIXED],
    notOn: [H100, MIG_SINGLE],
  },
  { wish: 'gpu, profile 1g.5gb', asks: { 'nvidia.com/gpu': 1 }, on: [MIG_SINGLE], notOn: [H100, A100_40] },
  { wish: '0.25 gpu', asks: { 'nvidia.com/gpu': 1 }, on: [TIME_SLICED], notOn: [H100, MIG_SINGLE] },
  { wish: '0.2 gpu, model a10', asks: { 'nvidia.com/gpu.shared': 1 }, on: [RENAMED], notOn: [H100] },
  {
    wish: '0.5 gpu',
    asks: { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-memory': 40_960, 'volcano.sh/vgpu-cores': 50 },
    on: [VGPU],
    notOn: [H100],
  },
  {
    wish: 'gpu memory 10Gi shared',
    asks: { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-memory': 10_240 },
    on: [VGPU],
    notOn: [H100, TIME_SLICED],
  },
  {
    wish: 'gpu memory 10Gi shared, model a100',
    asks: { 'nvidia.com/gpu': 1, 'nvidia.com/gpumem': 10_240 },
    on: [HAMI],
    notOn: [H100],
  },
  { wish: '8 x gpu, vendor amd, memory >= 192Gi', asks: { 'amd.com/gpu': 8 }, on: [MI300X], notOn: [OLD_MI210] },
  { wish: '8 x mi300x', asks: { 'amd.com/gpu': 8 }, on: [MI300X], notOn: [H100] },
  { wish: '8 x mi250', asks: { 'amd.com/gpu': 8 }, on: [OLD_AMD('AMD_INSTINCT_MI250', '128G')], notOn: [OLD_MI210] },
  {
    wish: 'gpu, memory >= 100Gi, vendor amd',
    asks: { 'amd.com/gpu': 1 },
    on: [OLD_MI250, OLD_MI300],
    notOn: [OLD_MI210],
  },
  { wish: '2 x max1550', asks: { 'gpu.intel.com/i915': 2 }, on: [MAX], notOn: [FLEX] },
  { wish: '2 x gpu, vendor intel, memory >= 40Gi', asks: { 'gpu.intel.com/xe': 2 }, on: [XE], notOn: [FLEX] },
  { wish: '8 x hpu', asks: { 'habana.ai/gaudi': 8 }, on: [GAUDI] },
  { wish: '8 x gaudi1', asks: { 'habana.ai/gaudi': 8 }, on: [GAUDI], notOn: [kind({ 'habana.ai/gaudi': 8 })] },
  { wish: '8 x ascend910b', asks: { 'huawei.com/Ascend910': 8 }, on: [ASCEND_B3], notOn: [ASCEND_A] },
  { wish: '8 x npu, memory >= 64Gi', asks: { 'huawei.com/Ascend910': 8 }, on: [ASCEND_B3], notOn: [ASCEND_A] },
  { wish: '4 x 310p', asks: { 'huawei.com/Ascend310P': 4 }, on: [ASCEND_310P], notOn: [ASCEND_A] },
  { wish: '2 x 910b3', asks: { 'huawei.com/Ascend910B3': 2 }, on: [ASCEND_HAMI] },
  { wish: '16 x npu, model 910c', asks: { 'huawei.com/npu': 16 }, on: [NPU], notOn: [ASCEND_B3] },
  {
    wish: '0.25 npu',
    asks: { 'huawei.com/Ascend910B3': 1, 'huawei.com/Ascend910B3-memory': 16_384, 'huawei.com/Ascend910B3-core': 25 },
    on: [ASCEND_HAMI],
  },
  { wish: '4 x tpu, model v5e, topology 2x4', asks: { 'google.com/tpu': 4 }, on: [V5E], notOn: [V5P] },
  { wish: '4 x tpu, memory >= 90Gi', asks: { 'google.com/tpu': 4 }, on: [V5P], notOn: [V5E] },
  { wish: '16 x neuron', asks: { 'aws.amazon.com/neuron': 16 }, on: [TRN1], notOn: [INF2] },
  { wish: '1 x inferentia2', asks: { 'aws.amazon.com/neuron': 1 }, on: [INF2], notOn: [TRN1] },
  { wish: '1 x inf1', asks: { 'aws.amazon.com/neurondevice': 1 }, on: [NEURON_OLD], notOn: [TRN1] },
  {
    wish: '1 x fpga, model u250',
    asks: { 'amd.com/xilinx_u250_gen3x16_xdma_shell_4_1-0': 1 },
    on: [ALVEO],
    notOn: [U30],
  },
  { wish: '1 x fpga, model u30', asks: { 'xilinx.com/fpga-xilinx_u30_gen3x4_base_2-0': 1 }, on: [U30], notOn: [ALVEO] },
  {
    wish: '1 x fpga, vendor intel-fpga, model d8424dc4a4a3c413f89e433683f9040b',
    asks: { 'fpga.intel.com/af-d8424dc4a4a3c413f89e433683f9040b': 1 },
    on: [AF],
    notOn: [REGION],
  },
  {
    wish: '1 x fpga, vendor intel-fpga',
    asks: { 'fpga.intel.com/region-69528db6eb31577a8c3668f9faa081f6': 1 },
    on: [REGION],
  },
  { wish: '8 x mlu', asks: { 'cambricon.com/mlu': 8 }, on: [MLU] },
  {
    wish: '0.5 mlu',
    asks: { 'cambricon.com/vmlu': 1, 'cambricon.com/mlu.smlu.vmemory': 50, 'cambricon.com/mlu.smlu.vcore': 50 },
    on: [SMLU],
    notOn: [MLU],
  },
  { wish: 'dcu', asks: { 'hygon.com/dcunum': 1 }, on: [DCU] },
  { wish: 'dcu memory 16Gi shared', asks: { 'hygon.com/dcunum': 1, 'hygon.com/dcumem': 16_384 }, on: [DCU] },
  { wish: '8 x gpu, vendor metax', asks: { 'metax-tech.com/gpu': 8 }, on: [METAX] },
  {
    wish: '0.5 gpu, vendor metax',
    asks: { 'metax-tech.com/sgpu': 1, 'metax-tech.com/vmemory': 4096, 'metax-tech.com/vcore': 50 },
    on: [SGPU],
    notOn: [METAX],
  },
  { wish: 'gpu, vendor mthreads', asks: { 'mthreads.com/vgpu': 1 }, on: [MTHREADS] },
  { wish: '8 x gcu', asks: { 'enflame.com/gcu': 8 }, on: [GCU] },
  { wish: '0.25 gcu', asks: { 'enflame.com/drs-gcu': 1, 'enflame.com/vgcu-percentage': 25 }, on: [DRS], notOn: [GCU] },
  { wish: '8 x gpu, vendor iluvatar', asks: { 'iluvatar.ai/gpu': 8 }, on: [ILUVATAR] },
  { wish: 'gpu, vendor iluvatar, model bi-v150', asks: { 'iluvatar.ai/BI-V150-vgpu': 1 }, on: [BI_V150] },
  { wish: '8 x xpu', asks: { 'kunlunxin.com/xpu': 8 }, on: [XPU] },
  { wish: '8 x gpu, vendor biren', asks: { 'birentech.com/gpu': 8 }, on: [BIREN] },
  { wish: '8 x gpu, vendor vastai', asks: { 'vastaitech.com/va': 8 }, on: [VASTAI] },
];

describe('the catalogue of accelerators', () => {
  for (const { wish, asks, on, notOn = [] } of rows) {
    it(`"${wish}" asks for ${Object.keys(asks).join(', ')} and lands on nodes that have it alone`, () => {
      const told = translated(wish, inventory(...on, ...notOn));
      expect(told.errors).to.deep.equal([]);
      expect(amountsOf(told)).to.deep.equal(
        Object.fromEntries(Object.entries(asks).map(([name, amount]) => [name, String(amount)])),
      );
      for (const node of on) expect(takes(node, told), JSON.stringify([...node.labels])).to.equal(true);
      for (const node of notOn) expect(takes(node, told), JSON.stringify([...node.labels])).to.equal(false);
    });
  }

  for (const vendor of CATALOGUE) {
    for (const offer of vendor.offers.filter(({ grain, claim }) => grain === 'whole' && claim === undefined)) {
      const resource = offer.resource.replace('*', 'some-1');
      it(`${vendor.name} has devices as ${offer.resource}`, () => {
        const model = offer.model === undefined ? '' : `, model ${offer.model}`;
        const node = kind({ [resource]: 2 });
        const told = translated(`2 x ${vendor.deviceClass}, vendor ${vendor.name}${model}`, inventory(node));
        expect(amountsOf(told)).to.deep.equal({ [resource]: '2' });
        expect(takes(node, told)).to.equal(true);
      });
    }
  }

  it('names each model once among its vendor’s', () => {
    for (const { name, models } of CATALOGUE) {
      const names = models.flatMap((model) => [model.name, ...(model.aliases ?? [])]);
      expect(names.length, name).to.equal(new Set(names).size);
    }
  });
});
