import { gib } from './vendor.ts';
import type { AcceleratorVendor } from './vendor.ts';

/** Chips of one node; a slice over several nodes is a group of pods, one a node. */
export const TPU: AcceleratorVendor = {
  name: 'google',
  deviceClass: 'tpu',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'google.com/tpu' },
    {
      stack: 'DRA driver',
      grain: 'whole',
      resource: 'tpu.google.com',
      claim: { driver: 'tpu.google.com', className: 'tpu.google.com', model: 'tpuGen' },
    },
  ],
  models: [
    { name: 'tpu7x', aliases: ['v7x', 'ironwood'], memoryMib: gib(192), isLinked: true, products: ['tpu7x'] },
    {
      name: 'v6e',
      aliases: ['tpu-v6e', 'trillium'],
      memoryMib: gib(32),
      isLinked: true,
      products: ['tpu-v6e-slice', 'tpu-v6e-device'],
    },
    { name: 'v5p', aliases: ['tpu-v5p'], memoryMib: gib(95), isLinked: true, products: ['tpu-v5p-slice'] },
    {
      name: 'v5e',
      aliases: ['tpu-v5e', 'v5lite'],
      spellings: [['v5', 'lite'], ['v5e']],
      memoryMib: gib(16),
      isLinked: true,
      products: ['tpu-v5-lite-podslice', 'tpu-v5-lite-device'],
    },
    { name: 'v4', aliases: ['tpu-v4'], memoryMib: gib(32), isLinked: true, products: ['tpu-v4-podslice'] },
  ],
  modelLabels: [{ key: 'cloud.google.com/gke-tpu-accelerator' }],
  memoryLabels: [],
  topologyLabel: 'cloud.google.com/gke-tpu-topology',
  domainLabels: ['cloud.google.com/gke-tpu-slice'],
  taints: ['google.com/tpu'],
};
