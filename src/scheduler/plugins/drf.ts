import type { ActionName } from '../../config/policy.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { Plugin, PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { Holdings } from '../model/holdings.ts';
import type { Totals } from '../model/holdings.ts';
import type { Job } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import { HierarchicalShares } from '../shares/hierarchical-shares.ts';
import { Rights, rightsHooks } from '../shares/rights.ts';
import { BY_NAMESPACE, BY_USER, TenantShares } from '../shares/tenant-shares.ts';
import type { TenantRule } from '../shares/tenant-shares.ts';

/**
 * Dominant resource fairness between the jobs of a queue: who holds the smaller part of the cluster comes first, counted in
 * the resource where this is most. Pods go for a job as long as it holds no more afterwards than theirs do.
 * Where asked to it looks at what namespaces, or users, hold first. With a hierarchy it also says what queues deserve, in a tree of weights (hdrf).
 */
export const drf: Plugin = {
  name: 'drf',
  make: (snapshot, options, { actions, isHierarchical }) => {
    const rule = tenantRule(options);
    const jobs = rule === undefined ? betweenJobs(snapshot) : betweenTenants(snapshot, rule);
    if (isHierarchical !== true) return jobs;
    const queues = betweenQueues(snapshot, actions);
    const onSessionOpen: PluginHooks['onSessionOpen'] = (nowMs, cluster) => {
      jobs.onSessionOpen?.(nowMs, cluster);
      queues.onSessionOpen?.(nowMs, cluster);
    };
    return { ...jobs, ...queues, onSessionOpen };
  },
};

function betweenJobs(snapshot: Snapshot): PluginHooks {
  return {
    jobOrderFn: (a, b) => byShare(a, b, snapshot),
    preemptableFn: (preemptor, candidates) => poorer(preemptor, candidates, snapshot),
    votesByJobFn: (job) => job.holdsSome(),
  };
}

/** A configuration asks for one of them at most. */
function tenantRule(options: Parameters<Plugin['make']>[1]): TenantRule | undefined {
  if (switchArgument(options, 'drf.userOrder', false)) return BY_USER;
  return switchArgument(options, 'drf.namespaceOrder', false) ? BY_NAMESPACE : undefined;
}

/** The same, but what tenants hold comes first: nobody's pods go for a job whose tenant does not hold less than theirs. */
function betweenTenants(snapshot: Snapshot, rule: TenantRule): PluginHooks {
  const tenants = new TenantShares(snapshot, rule);
  const mayTake = (asking: Job | undefined, from: Job | undefined): boolean =>
    asking !== undefined && from !== undefined && (asking.tenant === from.tenant || tenants.compare(asking, from) < 0);
  return {
    ranksTenants: true,
    onSessionOpen: () => tenants.open(),
    jobOrderFn: (a, b) => tenants.compare(a, b) || byShare(a, b, snapshot),
    preemptableFn: (preemptor, candidates) =>
      poorer(
        preemptor,
        candidates.filter(({ job }) => mayTake(preemptor.job, job)),
        snapshot,
      ),
    votesByJobFn: () => true,
  };
}

function byShare(a: Job, b: Job, totals: Totals): number {
  return a.holdings().share(totals) - b.holdings().share(totals);
}

function betweenQueues(snapshot: Snapshot, actions: readonly ActionName[]): PluginHooks {
  return rightsHooks(
    new Rights(snapshot, actions, { isTree: false, reach: 0, shares: new HierarchicalShares(snapshot) }),
  );
}

/** Shares closer than this count as equal (Volcano's). */
const CLOSE = 1e-6;

/**
 * Who may go, each counted as gone for those after it. Between jobs that hold the same nobody goes: the job that lost could
 * take it back in the next cycle, and so on for ever, with tasks that are small or ask for nothing of what is dominant.
 */
function poorer({ job: asking, class: wanted }: Task, candidates: readonly Task[], totals: Totals): Task[] {
  if (asking === undefined) return [];
  const before = asking.holdings().share(totals);
  const grown = new Holdings(asking.holdings());
  grown.add(wanted, 1);
  const after = grown.share(totals);
  const rests = new Map<Job, Holdings>();
  return candidates.filter(({ job, class: lost }) => {
    if (job === undefined) return false;
    let rest = rests.get(job);
    if (rest === undefined) rests.set(job, (rest = new Holdings(job.holdings())));
    if (rest.share(totals) <= before + CLOSE) return false;
    rest.add(lost, -1);
    if (after <= rest.share(totals) + CLOSE) return true;
    rest.add(lost, 1);
    return false;
  });
}
