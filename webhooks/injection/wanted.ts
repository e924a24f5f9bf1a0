import { acceleratorsFor } from '../accelerators/accelerators-for.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { localityFor } from '../datasets/locality-for.ts';
import { policiesFor } from '../policies/policies-for.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { joinWants } from './want.ts';
import type { Want } from './want.ts';

/**
 * All that is to be added to the pod or template of the object under review, by producers in a fixed order. What policies write
 * is there for those that come after them: a policy may wish in the name of pods that do not.
 */
export function injectionsFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  const ruled = policiesFor(request, template, view);
  const seen = withAnnotations(template, ruled);
  return joinWants(ruled, acceleratorsFor(request, seen, view), localityFor(request, seen, view));
}

function withAnnotations(template: TemplateFacts, { injection: { annotations } }: Want): TemplateFacts {
  if (Object.keys(annotations).length === 0) return template;
  return { ...template, annotations: { ...template.annotations, ...annotations } };
}
