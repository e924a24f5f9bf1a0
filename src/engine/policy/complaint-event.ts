import type { Complaint } from '../../api/controller-settings.ts';
import { REASONS } from '../../api/reasons.ts';
import { CONFIG_MAPS } from '../../api/resources.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';

/** Tells people on a ConfigMap what is wrong with it. Events are the leader's to write, so that it is told again when a term begins. */
export function recordComplaint(events: EventRecorder, { object, code, problem }: Complaint): void {
  const { namespace, name, uid } = object;
  const regarding = { type: CONFIG_MAPS, namespace, name, uid };
  events.record(regarding, 'Warning', code, 'Configuring', `${REASONS[code]} ${problem}`);
}
