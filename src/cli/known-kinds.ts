import { BUILT_IN_KINDS } from '../../webhooks/frameworks/workload-kinds.ts';
import { versionsOf } from '../../webhooks/roots/rows.ts';
import type { VersionedKind } from '../../webhooks/roots/rows.ts';

/** The workload kinds that Sluice knows of by itself, in each version that they may be served in. */
export const KNOWN_KINDS: readonly VersionedKind[] = BUILT_IN_KINDS.flatMap(versionsOf);
