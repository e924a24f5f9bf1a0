import type { PodRecord } from '../../../api/records/pod-record.ts';
import { PODS } from '../../../api/resources.ts';
import type { ClusterWriter, WriteOutcome } from '../../ports.ts';

/** Deletes this very pod, never one of the same name that came after it. */
export function deletePod(writer: ClusterWriter, { namespace, name, uid }: PodRecord): Promise<WriteOutcome> {
  return writer.write({
    verb: 'delete',
    type: PODS,
    namespace,
    name,
    subresource: '',
    lane: 'decision',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
  });
}
