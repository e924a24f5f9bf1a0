import { expect } from 'chai';
import fc from 'fast-check';
import { JobSet } from '../../../src/scheduler/model/job-set.ts';
import { Job } from '../../../src/scheduler/model/job.ts';
import { makePodGroup } from '../../support/records.ts';

describe('a set of jobs', () => {
  it('equals a Set, beside another one over the same jobs', () => {
    const step = fc.record({
      set: fc.nat(1),
      job: fc.nat(4),
      kind: fc.constantFrom(
        'add' as const,
        'add' as const,
        'delete' as const,
        'walk' as const,
        'clear' as const,
        'drain' as const,
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (script) => {
        const jobs = Array.from({ length: 5 }, (_, i) => new Job(makePodGroup(`g${i}`, 1)));
        const sets = [new JobSet(0), new JobSet(2)];
        const models = [new Set<Job>(), new Set<Job>()];
        for (const { set: at, job: nth, kind } of script) {
          const [set, model, job] = [sets[at], models[at], jobs[nth]];
          if (set === undefined || model === undefined || job === undefined) throw new Error('never');
          if (kind === 'clear') {
            set.clear();
            model.clear();
          } else if (kind === 'drain') {
            const drained: Job[] = [];
            set.drain((each) => drained.push(each));
            expect(drained).to.have.members([...model]);
            model.clear();
          } else if (kind === 'walk') {
            expect(set.members().map(({ key }) => key)).to.have.members([...model].map(({ key }) => key));
          } else {
            set[kind](job);
            model[kind](job);
          }
          expect(jobs.map((each) => set.has(each))).to.deep.equal(jobs.map((each) => model.has(each)));
        }
      }),
      { seed: 5 },
    );
  });

  it('forgets removed jobs although nobody walks', () => {
    const set = new JobSet(0);
    const staying = Array.from({ length: 10 }, (_, i) => new Job(makePodGroup(`s${i}`, 1)));
    for (const job of staying) set.add(job);
    for (let i = 0; i < 10_000; i += 1) {
      const job = new Job(makePodGroup(`g${i}`, 1));
      set.add(job);
      set.delete(job);
    }
    expect([set.size, set.members()]).to.deep.equal([10, staying]);
    expect(set.slots).to.be.at.most(100);
  });
});
