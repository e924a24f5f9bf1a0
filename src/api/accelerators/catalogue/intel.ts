import { gib } from './vendor.ts';
import type { AcceleratorVendor } from './vendor.ts';

/** Graphics cards for data centres; the labels are those of node feature discovery's rules. */
export const INTEL_GPU: AcceleratorVendor = {
  name: 'intel',
  deviceClass: 'gpu',
  offers: [
    { stack: 'device plugin, xe driver', grain: 'whole', resource: 'gpu.intel.com/xe' },
    { stack: 'device plugin, i915 driver', grain: 'whole', resource: 'gpu.intel.com/i915' },
    {
      stack: 'DRA driver',
      grain: 'whole',
      resource: 'gpu.intel.com',
      claim: { driver: 'gpu.intel.com', className: 'gpu.intel.com', model: 'model', memory: 'memory' },
    },
  ],
  models: [
    { name: 'max1550', spellings: [['max', '1550']], memoryMib: gib(128), isLinked: true, products: ['Max_1550'] },
    { name: 'max1100', spellings: [['max', '1100']], memoryMib: gib(48), products: ['Max_1100'] },
    { name: 'flex170', spellings: [['flex', '170']], memoryMib: gib(16), products: ['Flex_170'] },
    { name: 'flex140', spellings: [['flex', '140']], memoryMib: gib(12), products: ['Flex_140'] },
  ],
  modelLabels: [{ key: 'gpu.intel.com/product' }],
  memoryLabels: [],
  taints: ['gpu.intel.com/i915', 'gpu.intel.com/xe'],
};

/** No label of the vendor's own names the model; some instance types of clouds do. */
export const GAUDI: AcceleratorVendor = {
  name: 'gaudi',
  deviceClass: 'hpu',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'habana.ai/gaudi' },
    {
      stack: 'DRA driver',
      grain: 'whole',
      resource: 'gaudi.intel.com',
      claim: { driver: 'gaudi.intel.com', className: 'gaudi.intel.com', model: 'model' },
    },
  ],
  models: [
    { name: 'gaudi3', memoryMib: gib(128), isLinked: true },
    { name: 'gaudi2', memoryMib: gib(96), isLinked: true },
    {
      name: 'gaudi',
      aliases: ['gaudi1'],
      spellings: [['gaudi'], ['dl1']],
      memoryMib: gib(32),
      isLinked: true,
      products: ['dl1.24xlarge'],
    },
  ],
  modelLabels: [{ key: 'node.kubernetes.io/instance-type' }],
  memoryLabels: [],
  taints: ['habana.ai/gaudi'],
  runtimeClassName: 'habana',
};
