import { NAMESPACES } from '../../src/api/resources.ts';
import { isJsonObject, member, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Inheritance } from '../inheritance.ts';
import type { TemplateFacts } from '../template-facts.ts';
import type { Right } from './right.ts';

/** The right to run work in a namespace that opted in, past its queues; `path` and `value` say what does so. */
export function bypassOf(namespace: string, path: string, value: string): Right {
  const act = `run work outside of the queues of namespace ${namespace}`;
  return { verb: 'bypass', type: NAMESPACES, name: namespace, path, value, reason: 'BypassDenied', act };
}

/** What a pod or a template says that keeps Sluice from placing the pods, if anything. */
export function bypassOfTemplate(
  { namespace }: AdmissionRequest,
  template: TemplateFacts,
  view: ClusterView,
  inherited?: Inheritance,
): readonly Right[] {
  if (view.rights.bypass === 'off') return [];
  const { spec, path, scheduler, schedulerName, group } = template;
  if (scheduler === 'foreign') return [bypassOf(namespace, `${path}spec.schedulerName`, schedulerName)];
  const nodeName = stringAt(spec, ['nodeName']);
  if (nodeName !== '') return [bypassOf(namespace, `${path}spec.nodeName`, nodeName)];
  if (inherited !== undefined) return [];
  const link = NATIVE_LINKS.find((field) => isJsonObject(member(spec, field)));
  return link === undefined || group !== '' ? [] : [bypassOf(namespace, `${path}spec.${link}`, '')];
}

/** Fields that make a pod a member of a gang of Kubernetes' own, which kube-scheduler places. */
const NATIVE_LINKS = ['schedulingGroup', 'workloadRef'] as const;
