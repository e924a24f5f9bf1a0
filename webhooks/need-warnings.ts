import { unsupportedNeeds } from '../src/api/projections/pod-needs.ts';
import type { TemplateFacts } from './template-facts.ts';

/** Told to whoever submits pods that need what the scheduler does not look at yet. */
export function needWarnings({ spec, path }: TemplateFacts): readonly string[] {
  return unsupportedNeeds(spec).map((need) => `${path}spec: ${need}: Sluice does not look at this yet`);
}
