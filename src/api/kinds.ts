import type { KindDefinition } from './crd.ts';
import { POD_GROUP_KIND } from './pod-group.ts';
import { QUEUE_KIND } from './queue.ts';
import { WORKLOAD_KIND_KIND } from './workload-kind.ts';

/** Every kind that Sluice defines, in the order that they are installed in. */
export const KINDS: readonly KindDefinition[] = [QUEUE_KIND, POD_GROUP_KIND, WORKLOAD_KIND_KIND];
