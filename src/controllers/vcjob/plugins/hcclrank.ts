import type { PluginArguments } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { arrayAt, objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { JobPlugin, PluginJob, PodPlace } from './plugin.ts';

/** Ascend's device plugin makes the rank table of a job from this annotation. */
const RANK_INDEX = 'hccl/rankIndex';

/** Numbers the pods for collective communication: by their RANK where something says it, else masters first. */
export const HCCLRANK: JobPlugin<'hcclrank'> = {
  name: 'hcclrank',
  access: [],
  objects: () => [],
  onPod: (pod, place, job, args) => {
    const metadata = objectAt(pod, 'metadata');
    const annotations = objectAt(metadata, 'annotations');
    if (stringAt(annotations, [RANK_INDEX]) !== '') return pod;
    const rank = rankSaid(pod) ?? rankByPlace(place, job, args);
    if (rank === undefined) return pod;
    return { ...pod, metadata: { ...metadata, annotations: { ...annotations, [RANK_INDEX]: rank } } };
  },
};

/** The first container that has a RANK says it for the pod. */
function rankSaid(pod: JsonObject): string | undefined {
  const variables = arrayAt(pod, 'spec', 'containers').flatMap((container) => arrayAt(container, 'env'));
  const rank = variables.find((one) => stringAt(one, ['name']) === 'RANK');
  const value = stringAt(rank, ['value']);
  return value === '' ? undefined : value;
}

function rankByPlace(
  { task, index }: PodPlace,
  job: PluginJob,
  { master, worker }: PluginArguments<'hcclrank'>,
): string | undefined {
  if (task === master) return String(index);
  if (task !== worker) return undefined;
  const masters = job.tasks.find(({ name }) => name === master)?.replicas ?? 0;
  return String(masters + index);
}
