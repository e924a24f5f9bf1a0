import type { AcceleratorVendor, DeviceOffer } from './vendor.ts';

/** Vendors whose devices HAMi, or a device plugin that follows its names, publishes in one resource and two for shares. */
interface SharedVendor {
  readonly name: string;
  readonly deviceClass: AcceleratorVendor['deviceClass'];
  /** Whole devices, the preferred name first. */
  readonly whole: readonly string[];
  readonly share?: { readonly resource: string; readonly memory?: string; readonly cores?: string };
}

const CAVEAT = 'its device plugin waits for the devices that HAMi would choose: the pod may fail on its node';

function sharedVendor({ name, deviceClass, whole, share }: SharedVendor): AcceleratorVendor {
  const offers: readonly DeviceOffer[] = whole.map((resource) => ({
    stack: 'device plugin',
    grain: 'whole',
    resource,
  }));
  return {
    name,
    deviceClass,
    offers: share === undefined ? offers : [...offers, { stack: 'HAMi', grain: 'share', caveat: CAVEAT, ...share }],
    models: [],
    modelLabels: [],
    memoryLabels: [],
    taints: whole.filter((resource) => !resource.includes('*')),
  };
}

export const CAMBRICON = sharedVendor({
  name: 'cambricon',
  deviceClass: 'mlu',
  whole: ['cambricon.com/mlu', 'cambricon.com/vmlu'],
  share: {
    resource: 'cambricon.com/vmlu',
    memory: 'cambricon.com/mlu.smlu.vmemory',
    cores: 'cambricon.com/mlu.smlu.vcore',
  },
});

export const HYGON = sharedVendor({
  name: 'hygon',
  deviceClass: 'dcu',
  whole: ['hygon.com/dcu', 'hygon.com/dcunum'],
  share: { resource: 'hygon.com/dcunum', memory: 'hygon.com/dcumem', cores: 'hygon.com/dcucores' },
});

export const METAX = sharedVendor({
  name: 'metax',
  deviceClass: 'gpu',
  whole: ['metax-tech.com/gpu'],
  share: { resource: 'metax-tech.com/sgpu', memory: 'metax-tech.com/vmemory', cores: 'metax-tech.com/vcore' },
});

export const MOORE_THREADS = sharedVendor({
  name: 'mthreads',
  deviceClass: 'gpu',
  whole: ['mthreads.com/gpu', 'mthreads.com/vgpu'],
  share: { resource: 'mthreads.com/vgpu', memory: 'mthreads.com/sgpu-memory', cores: 'mthreads.com/sgpu-core' },
});

export const ENFLAME = sharedVendor({
  name: 'enflame',
  deviceClass: 'gcu',
  whole: ['enflame.com/gcu'],
  share: { resource: 'enflame.com/drs-gcu', cores: 'enflame.com/vgcu-percentage' },
});

export const ILUVATAR = sharedVendor({
  name: 'iluvatar',
  deviceClass: 'gpu',
  whole: ['iluvatar.ai/gpu', 'iluvatar.ai/*-vgpu'],
});

export const KUNLUNXIN = sharedVendor({
  name: 'kunlunxin',
  deviceClass: 'xpu',
  whole: ['kunlunxin.com/xpu'],
});

export const BIREN = sharedVendor({ name: 'biren', deviceClass: 'gpu', whole: ['birentech.com/gpu'] });

export const VASTAI = sharedVendor({ name: 'vastai', deviceClass: 'gpu', whole: ['vastaitech.com/va'] });
