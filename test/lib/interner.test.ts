import { expect } from 'chai';
import { Interner } from '../../src/lib/interner.ts';

describe('interner', () => {
  it('numbers names in order of first sight and gives the same number again', () => {
    const interner = new Interner();
    expect(['b', 'a', 'b', 'c'].map((name) => interner.intern(name))).to.deep.equal([0, 1, 0, 2]);
    expect(interner.size).to.equal(3);
    expect([0, 1, 2].map((index) => interner.name(index))).to.deep.equal(['b', 'a', 'c']);
  });

  it('finds without giving a number', () => {
    const interner = new Interner();
    expect(interner.find('a')).to.equal(undefined);
    expect(interner.size).to.equal(0);
    interner.intern('a');
    expect(interner.find('a')).to.equal(0);
  });

  it('keeps names that every object inherits apart', () => {
    const interner = new Interner();
    expect(interner.find('constructor')).to.equal(undefined);
    expect([interner.intern('__proto__'), interner.intern('constructor')]).to.deep.equal([0, 1]);
  });

  it('gives the index of a dropped name to one that comes later, the lowest first', () => {
    const interner = new Interner();
    for (const name of ['a', 'b', 'c', 'd']) interner.intern(name);
    interner.retain((index) => index === 1);
    expect([interner.count, interner.size, interner.name(0), interner.find('a')]).to.deep.equal([1, 2, '', undefined]);
    expect(['b', 'x', 'y'].map((name) => interner.intern(name))).to.deep.equal([1, 0, 2]);
  });

  it('has an empty name for an index that nobody was given', () => {
    expect(new Interner().name(7)).to.equal('');
  });
});
