import type { AcceleratorVendor } from './vendor.ts';

/** The resource is named after what is loaded on the card, so that only nodes tell which there are. */
export const XILINX: AcceleratorVendor = {
  name: 'xilinx',
  deviceClass: 'fpga',
  offers: [
    { stack: 'device plugin', grain: 'whole', resource: 'amd.com/xilinx_*' },
    { stack: 'device plugin, older', grain: 'whole', resource: 'xilinx.com/fpga-*' },
  ],
  models: [],
  modelLabels: [],
  memoryLabels: [],
  taints: [],
};

/** `af`: a function that is loaded; `region`: room to load one. */
export const INTEL_FPGA: AcceleratorVendor = {
  name: 'intel-fpga',
  deviceClass: 'fpga',
  offers: [
    { stack: 'device plugin, af mode', grain: 'whole', resource: 'fpga.intel.com/af-*' },
    { stack: 'device plugin, region mode', grain: 'whole', resource: 'fpga.intel.com/region-*' },
  ],
  models: [],
  modelLabels: [],
  memoryLabels: [],
  taints: [],
};
