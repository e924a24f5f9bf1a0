/** Of Volcano's vGPUs: how many cards a container wants, and how much of each. */
export const VGPU_NUMBER = 'volcano.sh/vgpu-number';
export const VGPU_MEMORY = 'volcano.sh/vgpu-memory';
export const VGPU_MEMORY_PERCENTAGE = 'volcano.sh/vgpu-memory-percentage';
export const VGPU_CORES = 'volcano.sh/vgpu-cores';
/** Of shared cards: memory of one card, or a number of whole cards. */
export const GPU_MEMORY = 'volcano.sh/gpu-memory';
export const GPU_NUMBER = 'volcano.sh/gpu-number';

/** Cores of a whole card. */
export const ALL_CORES = 100;
/** How vGPUs are kept apart on nodes whose cards the hardware cuts into instances. */
export const MIG_MODE = 'mig';
