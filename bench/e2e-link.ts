import type { Connection } from '../src/adapters/kube/connect/connection.ts';

/** What the pods of a run look like to whoever schedules them. */
export type PodStyle =
  /** Bound by the creating process itself, as soon as each is created. */
  | 'bare'
  /** Plain pods for kube-scheduler, of the gangs' size and shape. */
  | 'plain'
  /** Pods that name their group; the webhooks add the rest. */
  | 'named'
  /** Pods as a controller makes them from a template that was stamped when its root was admitted. */
  | 'owned'
  /** Pods that carry everything already, for runs without webhooks. */
  | 'stamped'
  /** Pods that name a PodGroup of Kubernetes' own API, for kube-scheduler. */
  | 'native';

/** What is created: `jobs` leaves the pods to the job controller, `vcjobs` to Sluice. */
export const WORKLOADS = ['pods', 'jobs', 'vcjobs'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Benchmark to creator process: what to create. */
export interface CreatorStart {
  readonly connection: Connection;
  readonly namespace: string;
  /** Prefix of all names, so that several runs fit into one namespace. */
  readonly prefix: string;
  readonly style: PodStyle;
  readonly workload: Workload;
  readonly gangs: number;
  readonly podsPerGang: number;
  readonly connections: number;
  /** Names of the nodes, for bare runs. */
  readonly nodes: readonly string[];
  /** Bound pods that were there before. */
  readonly boundBefore: number;
  readonly patienceMs: number;
}

/** Creator process to benchmark. Times are of the clock that all processes share. */
export type CreatorReport =
  | { readonly kind: 'watching' }
  | {
      readonly kind: 'finished';
      readonly firstCreateMs: number;
      readonly lastCreateMs: number;
      readonly lastBindingMs: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

export type CreatorOrder = { readonly kind: 'watch'; readonly start: CreatorStart } | { readonly kind: 'go' };
