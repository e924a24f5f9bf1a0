/** What people call the devices of a vendor; `device` stands for any of them. */
export const DEVICE_CLASSES = [
  'device',
  'gpu',
  'tpu',
  'npu',
  'hpu',
  'neuron',
  'fpga',
  'mlu',
  'dcu',
  'gcu',
  'xpu',
] as const;

export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** Undefined for a word that is no class. */
export function deviceClass(word: string): DeviceClass | undefined {
  return DEVICE_CLASSES.find((known) => known === word);
}
