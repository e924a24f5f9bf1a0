import type { TraceNode, TracePod } from './fgd-trace.ts';

/** Equal pods, and which share of the typical ones they are. */
export interface Kind {
  readonly cpu: number;
  readonly milli: number;
  readonly gpus: number;
  readonly models: string;
  readonly weight: number;
}

const COVERED = 0.95;

/** Thousandths of the node's GPUs that the typical pods could not use, weighed by how typical they are. */
export function fragmentsOf(node: TraceNode, cpu: number, free: readonly number[], kinds: readonly Kind[]): number {
  const idle = free.reduce((sum, each) => sum + each, 0);
  return kinds.reduce((sum, { cpu: asked, milli, gpus, models, weight }) => {
    const fitting = free.filter((each) => each >= milli);
    const isTaken = gpus > 0 && cpu >= asked && takes(node, models) && fitting.length >= gpus;
    return sum + weight * (isTaken ? idle - fitting.reduce((all, each) => all + each, 0) : idle);
  }, 0);
}

/** The most frequent pods of the trace, until they are 95 % of all. */
export function typicalKinds(pods: readonly TracePod[]): readonly Kind[] {
  const groups = [
    ...Map.groupBy(pods, ({ cpu, milli, gpus, models }) => [cpu, milli, gpus, models].join('/')).values(),
  ];
  const kept: (readonly TracePod[])[] = [];
  let covered = 0;
  for (const group of groups.toSorted((a, b) => b.length - a.length)) {
    if (covered >= COVERED * pods.length) break;
    kept.push(group);
    covered += group.length;
  }
  return kept.map((group) => ({ ...(group[0] as TracePod), weight: group.length / covered }));
}

export function takes({ model }: TraceNode, models: string): boolean {
  return models === '' || models.split('|').includes(model);
}
