import { expect } from 'chai';
import { Mirror } from '../../src/engine/mirror.ts';
import type { Change } from '../../src/engine/ports.ts';

interface Thing {
  readonly id: string;
  readonly value: number;
}

const thing = (id: string, value: number): Thing => ({ id, value });

/** Steps as `id old>new`. */
function steps(mirror: Mirror<Thing>, ...changes: readonly Change<Thing>[]): string[] {
  const seen: string[] = [];
  mirror.apply(changes, (next, old) => {
    seen.push(`${(next ?? old)?.id ?? ''} ${old?.value ?? '-'}>${next?.value ?? '-'}`);
  });
  return seen;
}

describe('mirror', () => {
  it('tells of a new, a changed and a gone object, with what it was before', () => {
    const mirror = new Mirror<Thing>(({ id }) => id);
    const seen = steps(
      mirror,
      { kind: 'upsert', record: thing('a', 1) },
      { kind: 'upsert', record: thing('a', 2) },
      { kind: 'delete', record: thing('a', 9) },
    );
    expect(seen).to.deep.equal(['a ->1', 'a 1>2', 'a 2>-']);
    expect(mirror.get('a')).to.equal(undefined);
  });

  it('says nothing of the end of an object that it never had', () => {
    expect(steps(new Mirror<Thing>(({ id }) => id), { kind: 'delete', record: thing('a', 1) })).to.deep.equal([]);
  });

  it('turns a list into steps, so that what is not in it is gone', () => {
    const mirror = new Mirror<Thing>(({ id }) => id);
    steps(mirror, { kind: 'replace', records: [thing('a', 1), thing('b', 1)] });
    const seen = steps(mirror, { kind: 'replace', records: [thing('b', 2), thing('c', 1)] });
    expect(seen).to.deep.equal(['b 1>2', 'c ->1', 'a 1>-']);
    expect([...mirror.values()]).to.deep.equal([thing('b', 2), thing('c', 1)]);
  });
});
