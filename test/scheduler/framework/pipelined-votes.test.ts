import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginSet } from '../../../src/scheduler/framework/plugin.ts';
import { Framework } from '../../../src/scheduler/framework/framework.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

type Vote = boolean | undefined;

describe('votes on whether a job keeps what it got', () => {
  const CASES: readonly (readonly [string, readonly (readonly Vote[])[], keeps: boolean, isWhole: boolean])[] = [
    ['of nobody let it keep it', [[undefined], [undefined]], true, true],
    ['lose to one no in a tier, whatever the yes beside it', [[true, false], [true]], false, false],
    ['win with one yes in a tier, whatever those that abstain', [[undefined, true], [undefined]], true, true],
    ['of a tier decide before those of the next, but it is not whole', [[true], [false]], true, false],
    ['go to the next tier when all of one abstain', [[undefined], [false]], false, false],
  ];
  for (const [name, votes, keeps, isWhole] of CASES) {
    it(name, () => {
      const names = ['gang', 'priority', 'binpack', 'nodeorder'] as const;
      const flat = votes.flat();
      const voters = flat.map((vote, i) => {
        const of = names[i] ?? 'gang';
        return [of, { name: of, make: () => ({ jobPipelinedFn: () => vote }) }] as const;
      });
      const plugins: PluginSet = { ...PLUGINS, ...Object.fromEntries(voters) };
      let next = 0;
      const tiers = votes.map((tier) => tier.map(() => plugin(names[next++] ?? 'gang')));
      const { snapshot } = new SchedulerWorld().gang('a', { count: 1, requests: amounts(1) });
      const framework = new Framework(snapshot, { ...DEFAULT_POLICY, tiers }, plugins);
      const job = snapshot.jobs.get('ns/a');
      if (job === undefined) throw new Error('Cannot vote: there is no job');
      expect([framework.jobPipelined(job), framework.jobWhole(job)]).to.deep.equal([keeps, isWhole]);
    });
  }
});
