import { rowsFor } from '../admission-rows.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { versionsOf } from '../../../webhooks/frameworks/versioned-kind.ts';

/** The workload kinds that are known without a manifest, in all their versions. */
const KINDS = BUILT_IN_KINDS.flatMap(versionsOf);

/** Their types. */
export const WORKLOAD_TYPES = KINDS.map(({ type }) => type);

/** All rows of a cluster that serves them. */
export const OFFLINE_ROWS = rowsFor(KINDS, false);
