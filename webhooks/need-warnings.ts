import { unheededWishes, unsupportedNeeds } from '../src/api/projections/pod-needs.ts';
import type { TemplateFacts } from './template-facts.ts';

/** Told to whoever submits pods that need, or wish, what the scheduler does not look at yet. */
export function needWarnings({ spec, path }: TemplateFacts): readonly string[] {
  const needs = unsupportedNeeds(spec).map((need) => `${path}spec: ${need}: Sluice does not look at this yet`);
  const wishes = unheededWishes(spec).map((wish) => `${path}spec: ${wish}: a wish that Sluice does not look at yet`);
  return [...needs, ...wishes];
}
