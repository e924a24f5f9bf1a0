import { accessRule } from '../../api/access.ts';
import type { ClaimTemplateRecord } from '../../api/records/claim-template-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { CLAIM_TEMPLATES } from '../../api/resources.ts';
import { WATCHED_CLAIM_TEMPLATES, watchedPods } from '../../api/watched-kinds.ts';
import type { Controller, KindIndex, Watch } from '../controller.ts';
import { reconcileClaimTemplate, wishedClaimOf } from './reconcile.ts';

/** Pods by the template that their wish came to. */
const PODS_OF_TEMPLATE: KindIndex<PodRecord> = { kind: watchedPods(), valueOf: templateOf };

/** What pods wish does not change. */
const ITS_PODS: Watch<PodRecord> = {
  kind: PODS_OF_TEMPLATE.kind,
  toKeys: (before, after) => {
    const pod = after ?? before;
    const key = (before === undefined || after === undefined) && pod !== undefined ? templateOf(pod) : undefined;
    return key === undefined ? [] : [key];
  },
};

const TEMPLATE_ITSELF: Watch<ClaimTemplateRecord> = {
  kind: WATCHED_CLAIM_TEMPLATES,
  toKeys: (before, after) => [(after ?? before)?.key ?? ''],
};

/** Keys are `namespace/name` of ResourceClaimTemplates. */
export const CLAIM_TEMPLATE: Controller = {
  name: 'claim-template',
  workers: 2,
  watches: [TEMPLATE_ITSELF, ITS_PODS],
  access: [accessRule(CLAIM_TEMPLATES, ['create', 'patch', 'delete'])],
  reconcile: (key, { view, nowMs }) => {
    const [pod] = view.by(PODS_OF_TEMPLATE, key);
    return reconcileClaimTemplate({ key, template: view.get(WATCHED_CLAIM_TEMPLATES, key), pod, nowMs });
  },
};

function templateOf(pod: PodRecord): string | undefined {
  const wished = wishedClaimOf(pod);
  return wished && `${pod.namespace}/${wished.template}`;
}
