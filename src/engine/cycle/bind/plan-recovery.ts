import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { bindDecision } from '../../../scheduler/session/bind-decision.ts';
import type { BindDecision, GangDecision } from '../../../scheduler/session/decision.ts';
import { recoverPlan } from '../../lead/recovery.ts';
import type { Logger } from '../../ports.ts';
import type { Binder } from './binder.ts';
import type { Checker } from '../checker.ts';
import type { GroupWriter } from '../tell/group-writer.ts';
import type { PlanKeeper } from './plan-keeper.ts';

export interface PlanRecoveryOptions {
  readonly snapshot: Snapshot;
  readonly checker: Checker;
  readonly groups: GroupWriter;
  readonly plans: PlanKeeper;
  readonly binder: Binder;
  readonly log: Logger;
  readonly podsOf: (group: string) => readonly PodRecord[];
}

/** Takes up the open bind plans of a leader before this one: their rooms come before any new decision. */
export class PlanRecovery {
  readonly #options: PlanRecoveryOptions;

  constructor(options: PlanRecoveryOptions) {
    this.#options = options;
  }

  run(groups: Iterable<PodGroupRecord>): void {
    const { snapshot, plans, binder, log, podsOf } = this.#options;
    snapshot.settle();
    for (const group of groups) {
      const step = recoverPlan(group, podsOf(group.key));
      if (step === undefined) continue;
      log.info('open bind plan found', { group: group.key, plan: step.planId, step: step.kind });
      this.#options.groups.adoptPlan(group.key);
      const binds = step.kind === 'finish' ? this.#takeUp(step.gang) : undefined;
      if (binds !== undefined) {
        void binder.finish(group.key, step.planId, binds);
        continue;
      }
      plans.opened(group.key, step.planId);
      void plans.settle(group.key);
    }
  }

  /** Assumes the rest of a plan on its planned nodes, or nothing of it when that would break an invariant now. */
  #takeUp(gang: GangDecision): readonly BindDecision[] | undefined {
    const { checker, snapshot } = this.#options;
    const isAssumed = gang.binds.every(({ uid, node, cards }) => snapshot.assume(uid, node, cards));
    // What claims have, or name, is found again, and so are cards that were planned; other devices are chosen anew.
    const binds = gang.binds.map((bind) => withChoices(bind, snapshot));
    if (isAssumed && checker.reserve({ ...gang, binds }) === undefined) return binds;
    for (const { uid } of gang.binds) snapshot.forget(uid);
    return undefined;
  }
}

/** As the plan says, with what its pod was promised anew. */
function withChoices({ kind, uid, pod, node }: BindDecision, snapshot: Snapshot): BindDecision {
  const task = snapshot.tasks.get(uid);
  return task === undefined ? { kind, uid, pod, node } : bindDecision(snapshot, task, node);
}
