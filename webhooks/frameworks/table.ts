import type { PodFramework } from './framework.ts';
import { FLINK_NATIVE } from './flink.ts';
import { SPARK } from './spark.ts';

/** Frameworks that create pods themselves, most specific first; the first match decides. */
export const POD_FRAMEWORKS: readonly PodFramework[] = Object.freeze([SPARK, FLINK_NATIVE]);
