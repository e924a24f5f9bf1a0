import { gib } from './vendor.ts';
import type { AcceleratorVendor, DeviceOffer } from './vendor.ts';

const CAVEAT = 'its device plugin waits for the devices that HAMi would choose: the pod may fail on its node';

/** One resource a chip, as HAMi names them. */
function shared(chip: string, model: string): readonly DeviceOffer[] {
  const resource = `huawei.com/${chip}`;
  return [
    { stack: 'HAMi', grain: 'whole', resource, model },
    {
      stack: 'HAMi',
      grain: 'share',
      resource,
      model,
      memory: `${resource}-memory`,
      cores: `${resource}-core`,
      caveat: CAVEAT,
    },
  ];
}

/** Huawei's device plugin names a chip family in the resource and the chip in a label; HAMi has a resource for each chip. */
export const ASCEND: AcceleratorVendor = {
  name: 'ascend',
  deviceClass: 'npu',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'huawei.com/Ascend910' },
    { stack: 'device plugin', grain: 'whole', resource: 'huawei.com/npu' },
    { stack: 'device plugin', grain: 'whole', resource: 'huawei.com/Ascend310P', model: 'ascend310p' },
    { stack: 'device plugin', grain: 'whole', resource: 'huawei.com/Ascend310', model: 'ascend310' },
    ...shared('Ascend910C', 'ascend910c'),
    ...shared('Ascend910B4-1', 'ascend910b4-1'),
    ...shared('Ascend910B4', 'ascend910b4'),
    ...shared('Ascend910B3', 'ascend910b3'),
    ...shared('Ascend910B2', 'ascend910b2'),
    ...shared('Ascend910A', 'ascend910a'),
  ],
  models: [
    { name: 'ascend910c', aliases: ['910c'], spellings: [['910c']], memoryMib: gib(128), isLinked: true },
    { name: 'ascend910b4-1', aliases: ['910b4-1'], spellings: [['910b4', '1']], memoryMib: gib(64), isLinked: true },
    { name: 'ascend910b4', aliases: ['910b4'], spellings: [['910b4']], memoryMib: gib(32), isLinked: true },
    { name: 'ascend910b3', aliases: ['910b3'], spellings: [['910b3']], memoryMib: gib(64), isLinked: true },
    { name: 'ascend910b2', aliases: ['910b2'], spellings: [['910b2']], memoryMib: gib(64), isLinked: true },
    {
      name: 'ascend910b',
      aliases: ['910b'],
      spellings: [['910b'], ['910b2'], ['910b3'], ['910b4']],
      memoryMib: gib(64),
      isLinked: true,
    },
    { name: 'ascend910a', aliases: ['910a'], spellings: [['910a']], memoryMib: gib(32), isLinked: true },
    { name: 'ascend310p', aliases: ['310p'], spellings: [['310p'], ['310p3']], memoryMib: gib(24) },
    { name: 'ascend310', aliases: ['310'], spellings: [['310']], memoryMib: gib(8) },
  ],
  modelLabels: [{ key: 'node.kubernetes.io/npu.chip.name' }, { key: 'accelerator-type' }],
  memoryLabels: [],
  taints: ['huawei.com/npu', 'huawei.com/Ascend910'],
};
