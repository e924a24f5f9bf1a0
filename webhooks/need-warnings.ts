import { scoredWishes, unsupportedNeeds } from '../src/api/projections/pod-needs.ts';
import type { ClusterView } from './admission.ts';
import { writtenWarnings } from './annotation-values.ts';
import { missingClassWarnings } from './missing-classes.ts';
import { numaWarnings } from './numa-warnings.ts';
import type { TemplateFacts } from './template-facts.ts';

/** The webhook does not know the configuration. */
const SCORED = 'a wish, counted where nodeorder is configured';

/** Told to whoever submits pods that need what the scheduler does not look at yet, or wish what it may not look at. */
export function needWarnings(facts: TemplateFacts, view: ClusterView): readonly string[] {
  const { spec, path } = facts;
  const needs = unsupportedNeeds(spec).map((need) => `${path}spec: ${need}: Sluice does not look at this yet`);
  const wishes = scoredWishes(spec).map((wish) => `${path}spec: ${wish}: ${SCORED}`);
  const classes = missingClassWarnings({ spec, path: `${path}spec.` }, view);
  return [...needs, ...classes, ...wishes, ...numaWarnings(facts), ...writtenWarnings(facts.annotations, path)];
}
