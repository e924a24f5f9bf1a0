import {
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  PRIORITY_CLASSES,
  RUNTIME_CLASSES,
  WORKLOAD_POLICIES,
} from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';

/** What policies are, and what they look at. */
export const POLICY_READS: readonly ResourceType[] = [
  WORKLOAD_POLICIES,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  PRIORITY_CLASSES,
  RUNTIME_CLASSES,
];
