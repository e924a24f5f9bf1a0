import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { Snapshot } from '../../scheduler/ledger/snapshot.ts';
import type { GangDecision } from '../../scheduler/session/decision.ts';
import { recoverPlan } from '../lead/recovery.ts';
import type { Logger } from '../ports.ts';
import type { Binder } from './binder.ts';
import type { Checker } from './checker.ts';
import type { GroupWriter } from './group-writer.ts';
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
      if (step.kind === 'finish' && this.#takeUp(step.gang)) {
        void binder.finish(group.key, step.planId, step.gang.binds);
        continue;
      }
      plans.opened(group.key, step.planId);
      void plans.settle(group.key);
    }
  }

  /** Assumes the rest of a plan on its planned nodes, or nothing of it when that would break an invariant now. */
  #takeUp(gang: GangDecision): boolean {
    const { checker, snapshot } = this.#options;
    if (checker.reserve(gang) !== undefined) return false;
    for (const bind of gang.binds) {
      if (snapshot.assume(bind.uid, bind.node)) continue;
      for (const other of gang.binds) {
        checker.release(other.uid);
        snapshot.forget(other.uid);
      }
      return false;
    }
    return true;
  }
}
