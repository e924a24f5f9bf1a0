import { expect } from 'chai';
import { believedClass } from '../../../src/controllers/pod-group/believed-class.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { makePod, makeShape } from '../../support/records.ts';

const SHAPE = makeShape({ cpu: 1000 });

function member(priorityClassName: string, priority: number): PodRecord {
  return makePod(`${priorityClassName}${priority}`, 'g', SHAPE, { priorityClassName, priority });
}

describe('the priority class of a group that an object plans', () => {
  const rows = {
    'is what the plan says while no pod is there': { planned: 'high', members: [], want: 'high' },
    'is none of the cluster itself while no pod is there': {
      planned: 'system-cluster-critical',
      members: [],
      want: '',
    },
    'is one of the cluster itself when a pod has it': {
      planned: 'system-cluster-critical',
      members: [member('system-cluster-critical', 2_000_000_000)],
      want: 'system-cluster-critical',
    },
    'is what the plan says while one pod has it': {
      planned: 'high',
      members: [member('low', 1), member('high', 9)],
      want: 'high',
    },
    'is that of the least pod when none has it': {
      planned: 'high',
      members: [member('mid', 5), member('low', 1), member('other', 7)],
      want: 'low',
    },
    'is none when the plan names none, whatever the pods have': {
      planned: '',
      members: [member('high', 9)],
      want: '',
    },
  };
  for (const [name, { planned, members, want }] of Object.entries(rows)) {
    it(name, () => {
      expect(believedClass(planned, members)).to.equal(want);
      expect(believedClass(planned, members.toReversed())).to.equal(want);
    });
  }
});
