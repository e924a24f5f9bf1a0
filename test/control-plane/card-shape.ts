/** Cards of each node of a shape that pods share, as their device plugin registers them: all are alike. */
export type CardShape = {
  /** `vgpu`: Volcano's vGPUs; `share`: its older sharing by memory or whole cards. */
  readonly scheme: 'vgpu' | 'share';
  readonly count: number;
  /** Of each card, MiB. */
  readonly memory: number;
  /** How many containers may share one, of vGPUs; default 10. */
  readonly sharers?: number;
  /** Such as `NVIDIA-NVIDIA A100`, of vGPUs. */
  readonly type?: string;
  /** How vGPUs are kept apart; `mig`: cut by hardware. Default `hami-core`. */
  readonly mode?: string;
};

type Texts = Readonly<Record<string, string>>;

/** What the device plugin writes on the node. */
export function cardAnnotations(node: string, shape: CardShape | undefined): Texts {
  if (shape?.scheme !== 'vgpu') return {};
  const { count, memory, sharers = 10, type = 'NVIDIA-NVIDIA A100', mode = 'hami-core' } = shape;
  const cards = Array.from({ length: count }, (_, i) => `GPU-${node}-${i},${sharers},${memory},${type},true,${mode}:`);
  return { 'volcano.sh/node-vgpu-register': cards.join(''), 'volcano.sh/node-vgpu-handshake': 'Reported' };
}

/** What it offers the kubelet. */
export function cardResources(shape: CardShape | undefined): Texts {
  if (shape === undefined) return {};
  const { scheme, count, memory, sharers = 10 } = shape;
  const all = String(count * memory);
  return scheme === 'vgpu'
    ? {
        'volcano.sh/vgpu-number': String(count * sharers),
        'volcano.sh/vgpu-memory': all,
        'volcano.sh/vgpu-cores': String(count * 100),
      }
    : { 'volcano.sh/gpu-number': String(count), 'volcano.sh/gpu-memory': all };
}
