import { expect } from 'chai';

import { SchedulerWorld } from '../../support/scheduler-world.ts';

const CPU = 1000;

/** The refusal of group `late`: its code, and whether more nodes could mend it. */
function refusalOfLate(world: SchedulerWorld): string {
  for (const decision of world.cycle().decisions) {
    if (decision.kind !== 'refusal' || decision.group !== 'ns/late') continue;
    return `${decision.code} ${decision.nodesHelp ? 'nodes help' : 'nodes do not help'}`;
  }
  return 'none';
}

function cluster(): SchedulerWorld {
  return new SchedulerWorld().nodes(2, { cpu: 8 * CPU, pods: 100 });
}

describe('whether more nodes could mend why a group waits', () => {
  const cases: readonly (readonly [string, () => SchedulerWorld, string])[] = [
    [
      'the nodes are full',
      () =>
        cluster()
          .gang('early', { count: 2, requests: { cpu: 6 * CPU } })
          .gang('late', { count: 2, requests: { cpu: 4 * CPU } }),
      'NotEnoughResources nodes help',
    ],
    [
      'a pod is larger than each node',
      () => cluster().gang('late', { count: 1, requests: { cpu: 9 * CPU } }),
      'NeverFits nodes help',
    ],
    [
      'its queue may never hold so much',
      () =>
        cluster()
          .queue('capped', { capability: new Map([['cpu', 2 * CPU]]) })
          .gang('late', { count: 3, requests: { cpu: CPU } }, { queue: 'capped' }),
      'NeverFits nodes do not help',
    ],
    [
      'its queue is at its limit',
      () =>
        cluster()
          .queue('capped', { capability: new Map([['cpu', 2 * CPU]]) })
          .gang('early', { count: 2, requests: { cpu: CPU } }, { queue: 'capped' })
          .gang('late', { count: 1, requests: { cpu: CPU } }, { queue: 'capped' }),
      'QueueOverused nodes do not help',
    ],
    [
      'pods are missing',
      () => cluster().group('late', 2).pods('late', { count: 1 }),
      'NotEnoughPods nodes do not help',
    ],
  ];
  for (const [name, world, wanted] of cases) {
    it(`is told where ${name}`, () => {
      expect(refusalOfLate(world())).to.equal(wanted);
    });
  }
});
