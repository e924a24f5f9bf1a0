import { COMMAND_KIND } from './command.ts';
import type { KindDefinition } from './crd.ts';
import { POD_GROUP_KIND } from './pod-group.ts';
import { QUEUE_KIND } from './queue.ts';
import { VCJOB_KIND } from './vcjob.ts';

/** Every kind that Sluice defines, in the order that they are installed in. */
export const KINDS: readonly KindDefinition[] = [QUEUE_KIND, POD_GROUP_KIND, VCJOB_KIND, COMMAND_KIND];
