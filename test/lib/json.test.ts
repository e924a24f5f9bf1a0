import { expect } from 'chai';
import { arrayAt, covers, isJsonObject, member, memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';

const OBJECT: unknown = JSON.parse(
  '{"text":"a","empty":"","number":7,"zero":0,"none":null,"list":[1],"deep":{"deeper":{"text":"b"}},"__proto__":"own"}',
);

describe('reading unchecked JSON', () => {
  it('takes only plain objects for objects', () => {
    const isOne = [{}, [], null, undefined, 'a', 1].map(isJsonObject);
    expect(isOne).to.deep.equal([true, false, false, false, false, false]);
  });

  it('answers with own members only', () => {
    expect(member(OBJECT, 'text')).to.equal('a');
    expect(member(OBJECT, 'constructor')).to.equal(undefined);
    expect(member(OBJECT, '__proto__')).to.equal('own');
    expect(member({}, '__proto__')).to.equal(undefined);
    expect(member([1], 'length')).to.equal(undefined);
    expect(member('abc', 'length')).to.equal(undefined);
  });

  it('follows a path until something is missing', () => {
    expect(memberAt(OBJECT, 'deep', 'deeper', 'text')).to.equal('b');
    expect(memberAt(OBJECT, 'deep', 'gone', 'text')).to.equal(undefined);
    expect(memberAt(OBJECT, 'none', 'text')).to.equal(undefined);
    expect(memberAt(OBJECT, 'none')).to.equal(null);
    expect(memberAt(OBJECT)).to.equal(OBJECT);
  });

  it('takes strings as they are and the fallback for all else', () => {
    expect(stringAt(OBJECT, ['text'], 'x')).to.equal('a');
    expect(stringAt(OBJECT, ['empty'], 'x')).to.equal('');
    for (const key of ['number', 'none', 'list', 'gone']) expect(stringAt(OBJECT, [key], 'x')).to.equal('x');
    expect(stringAt(OBJECT, ['gone'])).to.equal('');
  });

  it('takes finite numbers as they are and the fallback for all else', () => {
    expect(numberAt(OBJECT, ['zero'], 5)).to.equal(0);
    for (const key of ['text', 'none', 'gone']) expect(numberAt(OBJECT, [key], 5)).to.equal(5);
    expect(numberAt({ big: JSON.parse('1e999') as number }, ['big'], 5)).to.equal(5);
    expect(numberAt({ odd: NaN }, ['odd'], 5)).to.equal(5);
  });

  for (const [what, value, wanted, want] of [
    ['equal values', { a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    ['more members than are wanted', { a: 1, b: 2 }, { a: 1 }, true],
    ['a member that differs', { a: { b: 1 } }, { a: { b: 2 } }, false],
    ['a member that is missing', {}, { a: null }, false],
    ['a longer list', { a: [1, 2] }, { a: [1] }, false],
    ['another order', [1, 2], [2, 1], false],
    ['an object where a list is wanted', { a: {} }, { a: [] }, false],
  ] as const) {
    it(`${want ? 'covers what is wanted with' : 'does not cover it with'} ${what}`, () =>
      expect(covers(value, wanted)).to.equal(want));
  }

  it('has an empty object or list, which nobody can fill, where there is none', () => {
    expect(objectAt(OBJECT, 'deep', 'deeper')).to.deep.equal({ text: 'b' });
    expect(arrayAt(OBJECT, 'list')).to.deep.equal([1]);
    for (const key of ['text', 'none', 'list', 'gone']) expect(objectAt(OBJECT, key)).to.deep.equal({});
    for (const key of ['text', 'none', 'deep', 'gone']) expect(arrayAt(OBJECT, key)).to.deep.equal([]);
    expect(Object.isFrozen(objectAt(OBJECT, 'gone')) && Object.isFrozen(arrayAt(OBJECT, 'gone'))).to.equal(true);
  });
});
