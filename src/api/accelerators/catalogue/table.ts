import { AMD } from './amd.ts';
import { ASCEND } from './ascend.ts';
import { INTEL_FPGA, XILINX } from './fpga.ts';
import { BIREN, CAMBRICON, ENFLAME, HYGON, ILUVATAR, KUNLUNXIN, METAX, MOORE_THREADS, VASTAI } from './hami.ts';
import { GAUDI, INTEL_GPU } from './intel.ts';
import { NEURON } from './neuron.ts';
import { NVIDIA } from './nvidia.ts';
import { TPU } from './tpu.ts';
import type { AcceleratorVendor } from './vendor.ts';

/** Every vendor whose devices a wish may be turned into; of equals the first is taken. */
export const CATALOGUE: readonly AcceleratorVendor[] = Object.freeze([
  NVIDIA,
  AMD,
  INTEL_GPU,
  GAUDI,
  ASCEND,
  TPU,
  NEURON,
  XILINX,
  INTEL_FPGA,
  CAMBRICON,
  HYGON,
  METAX,
  MOORE_THREADS,
  ENFLAME,
  ILUVATAR,
  KUNLUNXIN,
  BIREN,
  VASTAI,
]);
