import { expect } from 'chai';
import { ClassTable } from '../../../src/scheduler/model/class-table.ts';
import { ResourceTable } from '../../../src/scheduler/model/resource-table.ts';
import { makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';

describe('the classes in use', () => {
  it('are one for equal shapes, whichever object says them', () => {
    const classes = new ClassTable(new ResourceTable());
    const claimed = [1, 1, 2].map((cpus) => classes.claim(makeShape(amounts(cpus))));
    expect(claimed[0]).to.equal(claimed[1]);
    expect(claimed[0]).to.not.equal(claimed[2]);
    expect(classes.size).to.equal(2);
  });

  it('live as long as a task refers to them', () => {
    const classes = new ClassTable(new ResourceTable());
    const shape = makeShape(amounts(1));
    const first = classes.claim(shape);
    classes.claim(shape);
    classes.release(first);
    expect(classes.claim(shape)).to.equal(first);
    classes.release(first);
    classes.release(first);
    expect([...classes.values()]).to.deep.equal([]);
  });

  it('are made anew after that, one for all', () => {
    const classes = new ClassTable(new ResourceTable());
    const [shape, equal] = [makeShape(amounts(1)), makeShape(amounts(1))];
    const first = classes.claim(shape);
    classes.release(first);
    const second = classes.claim(equal);
    expect(second).to.not.equal(first);
    expect(classes.claim(shape)).to.equal(second);
    expect([classes.size, second.references]).to.deep.equal([1, 2]);
  });
});
