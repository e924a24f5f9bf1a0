import { DAEMON_SETS } from '../../src/api/resources.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { namedQueue } from '../queue-choice.ts';
import { bypassOf } from '../rights/bypass.ts';
import { isUnasked } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/** DaemonSets: their pods are the cluster's own and count in no queue, so whoever names one is told. */
export function reviewDaemonSet({ object, subresource }: AdmissionRequest): Verdict {
  if (object === undefined || subresource !== '') return UNCHANGED;
  for (const path of ['', 'spec.template.']) {
    const metadata = objectAt(object, ...path.split('.').filter((part) => part !== ''), 'metadata');
    const queue = namedQueue(objectAt(metadata, 'labels'), objectAt(metadata, 'annotations'), path);
    if (queue !== undefined) {
      return allow([], [`${queue.path}: pods of a DaemonSet count in no queue: ${queue.name} is ignored`]);
    }
  }
  return UNCHANGED;
}

/** A pod on each node that no queue counts. */
export function daemonSetRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { namespace, operation } = request;
  if (view.rights.bypass === 'off' || operation !== 'CREATE' || isUnasked(request, view)) return [];
  return [bypassOf(namespace, 'kind', DAEMON_SETS.kind)];
}
