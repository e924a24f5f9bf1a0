import { acceleratorsFor } from '../accelerators/accelerators-for.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { localityFor } from '../datasets/locality-for.ts';
import { policiesFor } from '../policies/policies-for.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { joinWants } from './want.ts';
import type { Want } from './want.ts';

/** All that is to be added to the pod or template of the object under review, by producers in a fixed order. */
export function injectionsFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  return joinWants(
    policiesFor(request, template, view),
    acceleratorsFor(request, template, view),
    localityFor(request, template, view),
  );
}
