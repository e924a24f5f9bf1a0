import { gib } from './vendor.ts';
import type { AcceleratorVendor } from './vendor.ts';

/** The labeller of AMD: values stand in the newer keys, and in the older ones they are part of the key. */
export const AMD: AcceleratorVendor = {
  name: 'amd',
  deviceClass: 'gpu',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'amd.com/gpu' },
    {
      stack: 'DRA driver',
      grain: 'whole',
      resource: 'gpu.amd.com',
      claim: {
        driver: 'gpu.amd.com',
        className: 'gpu.amd.com',
        kind: { attribute: 'type', value: 'amdgpu' },
        model: 'productName',
        memory: 'memory',
      },
    },
  ],
  models: [
    { name: 'mi355x', aliases: ['mi355'], memoryMib: gib(288), isLinked: true },
    { name: 'mi350x', aliases: ['mi350'], memoryMib: gib(288), isLinked: true },
    { name: 'mi325x', aliases: ['mi325'], memoryMib: gib(256), isLinked: true },
    {
      name: 'mi300x',
      memoryMib: gib(192),
      isLinked: true,
      products: ['AMD_Instinct_MI300X_OAM', 'AMD_Instinct_MI300X'],
    },
    { name: 'mi300a', memoryMib: gib(128), isLinked: true, products: ['AMD_Instinct_MI300A'] },
    { name: 'mi250x', memoryMib: gib(128), isLinked: true, products: ['AMD_INSTINCT_MI250X'] },
    { name: 'mi250', memoryMib: gib(128), isLinked: true, products: ['AMD_INSTINCT_MI250'] },
    { name: 'mi210', memoryMib: gib(64), products: ['AMD_INSTINCT_MI210'] },
    { name: 'mi100', memoryMib: gib(32), products: ['AMD_INSTINCT_MI100'] },
  ],
  modelLabels: [
    { key: 'amd.com/gpu.product-name' },
    { key: 'beta.amd.com/gpu.product-name' },
    { key: 'beta.amd.com/gpu.product-name.', isInKey: true },
  ],
  memoryLabels: [
    { key: 'amd.com/gpu.vram', unit: 'quantity' },
    { key: 'beta.amd.com/gpu.vram', unit: 'quantity' },
    { key: 'beta.amd.com/gpu.vram.', isInKey: true, unit: 'quantity' },
  ],
  taints: ['amd.com/gpu'],
};
