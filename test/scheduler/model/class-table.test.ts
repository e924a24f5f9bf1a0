import { expect } from 'chai';
import { ClassTable } from '../../../src/scheduler/model/class-table.ts';
import { ResourceTable } from '../../../src/scheduler/model/resource-table.ts';
import { makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import { NOBODY } from '../../support/class-observer.ts';

describe('the classes in use', () => {
  it('are one for equal shapes, whichever object says them', () => {
    const classes = new ClassTable(new ResourceTable(), NOBODY);
    const claimed = [1, 1, 2].map((cpus) => classes.claim(makeShape(amounts(cpus))));
    expect(claimed[0]).to.equal(claimed[1]);
    expect(claimed[0]).to.not.equal(claimed[2]);
    expect(classes.size).to.equal(2);
  });

  it('live as long as a task refers to them', () => {
    const classes = new ClassTable(new ResourceTable(), NOBODY);
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
    const classes = new ClassTable(new ResourceTable(), NOBODY);
    const [shape, equal] = [makeShape(amounts(1)), makeShape(amounts(1))];
    const first = classes.claim(shape);
    classes.release(first);
    const second = classes.claim(equal);
    expect(second).to.not.equal(first);
    expect(classes.claim(shape)).to.equal(second);
    expect([classes.size, second.references]).to.deep.equal([1, 2]);
  });

  it('are told: each once when it comes into use, and once when nobody uses it any more', () => {
    const told: string[] = [];
    const classes = new ClassTable(new ResourceTable(), {
      claim: ({ shape }) => told.push(`+${shape.requests.get('cpu')}`),
      release: ({ shape }) => told.push(`-${shape.requests.get('cpu')}`),
    });
    const [one, two] = [makeShape(amounts(1)), makeShape(amounts(2))];
    const first = classes.claim(one);
    for (const shape of [one, two]) classes.claim(shape);
    for (const known of [first, first]) classes.release(known);
    classes.claim(one);
    expect(told).to.deep.equal(['+1000', '+2000', '-1000', '+1000']);
  });
});
