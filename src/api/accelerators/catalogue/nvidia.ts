import { gib } from './vendor.ts';
import type { AcceleratorVendor } from './vendor.ts';

const OWN_SCHEDULER = 'its device plugin waits for the devices that Volcano would choose: the pod may fail on its node';

/** Memory is that of the device, or of the slice. */
const DRIVER = {
  driver: 'gpu.nvidia.com',
  model: 'productName',
  memory: 'memory',
  compute: 'cudaComputeCapability',
} as const;

/** Labels of GPU feature discovery; memory is MiB that the driver leaves, a little less than marketed. */
export const NVIDIA: AcceleratorVendor = {
  name: 'nvidia',
  deviceClass: 'gpu',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'nvidia.com/gpu' },
    { stack: 'device plugin, MIG mixed', grain: 'profile', resource: 'nvidia.com/mig-*' },
    { stack: 'device plugin, MIG single', grain: 'profile', resource: 'nvidia.com/gpu' },
    {
      stack: 'Volcano vGPU',
      grain: 'share',
      resource: 'volcano.sh/vgpu-number',
      memory: 'volcano.sh/vgpu-memory',
      cores: 'volcano.sh/vgpu-cores',
      caveat: OWN_SCHEDULER,
    },
    {
      stack: 'HAMi',
      grain: 'share',
      resource: 'nvidia.com/gpu',
      memory: 'nvidia.com/gpumem',
      cores: 'nvidia.com/gpucores',
      caveat: OWN_SCHEDULER.replace('Volcano', "HAMi's scheduler"),
    },
    { stack: 'device plugin, renamed for sharing', grain: 'replica', resource: 'nvidia.com/gpu.shared' },
    { stack: 'device plugin, sharing', grain: 'replica', resource: 'nvidia.com/gpu' },
    {
      stack: 'DRA driver',
      grain: 'whole',
      resource: 'gpu.nvidia.com',
      claim: { ...DRIVER, className: 'gpu.nvidia.com', kind: { attribute: 'type', value: 'gpu' } },
    },
    {
      stack: 'DRA driver, MIG',
      grain: 'profile',
      resource: 'mig.nvidia.com/*',
      claim: {
        ...DRIVER,
        className: 'mig.nvidia.com',
        kind: { attribute: 'type', value: 'mig' },
        profile: 'profile',
      },
    },
  ],
  models: [
    { name: 'gb300', memoryMib: gib(288), compute: 1003, isLinked: true },
    { name: 'gb200', memoryMib: gib(192), compute: 1000, isLinked: true, products: ['NVIDIA-GB200'] },
    { name: 'b300', memoryMib: gib(288), compute: 1003, isLinked: true },
    { name: 'b200', memoryMib: gib(180), compute: 1000, isLinked: true, products: ['NVIDIA-B200'] },
    { name: 'gh200', memoryMib: gib(144), compute: 900, products: ['NVIDIA-GH200-480GB', 'NVIDIA-GH200-144G-HBM3e'] },
    { name: 'h200', memoryMib: gib(141), compute: 900, isLinked: true, products: ['NVIDIA-H200', 'NVIDIA-H200-NVL'] },
    {
      name: 'h100',
      memoryMib: gib(96),
      compute: 900,
      isLinked: true,
      products: ['NVIDIA-H100-80GB-HBM3', 'NVIDIA-H100-PCIe', 'NVIDIA-H100-NVL'],
    },
    { name: 'h20', memoryMib: gib(96), compute: 900, isLinked: true, products: ['NVIDIA-H20'] },
    { name: 'l40s', memoryMib: gib(48), compute: 809, products: ['NVIDIA-L40S'] },
    { name: 'l40', memoryMib: gib(48), compute: 809, products: ['NVIDIA-L40'] },
    { name: 'l4', memoryMib: gib(24), compute: 809, products: ['NVIDIA-L4'] },
    {
      name: 'a100',
      memoryMib: gib(80),
      compute: 800,
      isLinked: true,
      products: ['NVIDIA-A100-SXM4-80GB', 'NVIDIA-A100-SXM4-40GB', 'NVIDIA-A100-80GB-PCIe', 'NVIDIA-A100-PCIE-40GB'],
    },
    { name: 'a800', memoryMib: gib(80), compute: 800, isLinked: true, products: ['NVIDIA-A800-SXM4-80GB'] },
    { name: 'a40', memoryMib: gib(48), compute: 806, products: ['NVIDIA-A40'] },
    { name: 'a30', memoryMib: gib(24), compute: 800, products: ['NVIDIA-A30'] },
    { name: 'a16', memoryMib: gib(16), compute: 806, products: ['NVIDIA-A16'] },
    { name: 'a10g', memoryMib: gib(24), compute: 806, products: ['NVIDIA-A10G'] },
    { name: 'a10', memoryMib: gib(24), compute: 806, products: ['NVIDIA-A10'] },
    { name: 'rtx4090', spellings: [['rtx', '4090']], memoryMib: gib(24), compute: 809 },
    { name: 'rtx3090', spellings: [['rtx', '3090']], memoryMib: gib(24), compute: 806 },
    { name: 't4', memoryMib: gib(16), compute: 705, products: ['Tesla-T4', 'NVIDIA-T4'] },
    {
      name: 'v100',
      memoryMib: gib(32),
      compute: 700,
      isLinked: true,
      products: ['Tesla-V100-SXM2-16GB', 'Tesla-V100-SXM2-32GB', 'Tesla-V100-PCIE-16GB', 'Tesla-V100-PCIE-32GB'],
    },
    { name: 'p100', memoryMib: gib(16), compute: 600, products: ['Tesla-P100-PCIE-16GB', 'Tesla-P100-SXM2-16GB'] },
  ],
  modelLabels: [{ key: 'nvidia.com/gpu.product' }],
  memoryLabels: [{ key: 'nvidia.com/gpu.memory', unit: 'Mi' }],
  domainLabels: [
    'nvidia.com/gpu.clique',
    'accelerator.topograph.run/domain',
    'network.topology.nvidia.com/accelerator',
  ],
  sharing: {
    key: 'nvidia.com/gpu.sharing-strategy',
    values: ['time-slicing', 'mps'],
    replicas: 'nvidia.com/gpu.replicas',
  },
  taints: ['nvidia.com/gpu'],
  runtimeClassName: 'nvidia',
};
