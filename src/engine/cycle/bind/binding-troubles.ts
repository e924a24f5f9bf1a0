import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { REASONS } from '../../../api/reasons.ts';
import type { ReasonCode } from '../../../api/reasons.ts';
import { POD_GROUPS, PODS } from '../../../api/resources.ts';
import type { BindDecision, GangDecision } from '../../../scheduler/session/decision.ts';
import type { EventRecorder } from '../../events/event-recorder-port.ts';
import type { Logger, Metrics } from '../../ports.ts';
import type { StopReason } from './binder.ts';
import type { ClaimTrouble } from '../claims/claim-binder.ts';
import type { RestingGroups } from '../resting-groups.ts';

interface BindingTroublesOptions {
  readonly rests: RestingGroups;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly group: (key: string) => PodGroupRecord | undefined;
}

/** Decisions that were not carried out: the group rests for a while with the reason, and whoever looks at it is told. */
export class BindingTroubles {
  readonly #options: BindingTroublesOptions;

  constructor(options: BindingTroublesOptions) {
    this.#options = options;
  }

  /** A decision was stopped before anything of it was written. */
  stopped(gang: GangDecision, reason: StopReason, problem: string): void {
    const { log, metrics, events } = this.#options;
    log.error('a decision was stopped before it was written', { group: gang.group, reason, problem });
    this.#letRest(gang.group, reason, problem);
    if (reason === 'CheckerRefused') metrics.count('sluice_checker_refusals_total', {});
    const group = this.#options.group(gang.group);
    if (group === undefined) return;
    const regarding = { type: POD_GROUPS, namespace: group.namespace, name: group.name, uid: group.uid };
    events.record(regarding, 'Warning', reason, 'Binding', problem);
  }

  /** The claims of pods that have places were not bound. */
  claimsFailed(group: string, binds: readonly BindDecision[], { code, problem }: ClaimTrouble): void {
    this.#letRest(group, code, `${problem}.`);
    this.#options.log.warn('claims were not bound', { group, problem });
    for (const { uid } of binds) {
      const pod = this.#options.pod(uid);
      if (pod !== undefined) this.#tell(pod, code, problem);
    }
  }

  /** The API server does not take the pod's binding. */
  refused(group: string, pod: PodRecord, message: string): void {
    this.#letRest(group, 'WriteRefused', `Pod ${pod.name}: ${message}`);
    this.#options.log.warn('the API server refused a binding', { pod: pod.key, message });
    this.#tell(pod, 'WriteRefused', message);
  }

  #tell({ namespace, name, uid }: PodRecord, code: ReasonCode, note: string): void {
    this.#options.events.record({ type: PODS, namespace, name, uid }, 'Warning', code, 'Binding', note);
  }

  /** A group that is gone by now would never be forgotten. */
  #letRest(group: string, code: ReasonCode, problem: string): void {
    if (this.#options.group(group) === undefined) return;
    this.#options.rests.refused(group, { code, message: `${REASONS[code]} ${problem}` });
  }
}
