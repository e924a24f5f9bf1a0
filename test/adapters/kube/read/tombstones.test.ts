import { expect } from 'chai';
import { Tombstones } from '../../../../src/adapters/kube/read/tombstones.ts';

describe('tombstones', () => {
  it('remember the latest deletions and no more than the limit', () => {
    const tombstones = new Tombstones(2);
    tombstones.add('a', '1');
    tombstones.add('b', '2');
    tombstones.add('a', '3');
    tombstones.add('c', '4');
    expect(['a', 'b', 'c'].map((key) => tombstones.versionOf(key))).to.deep.equal(['3', undefined, '4']);
  });
});
