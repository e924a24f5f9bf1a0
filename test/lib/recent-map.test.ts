import { expect } from 'chai';
import { RecentMap } from '../../src/lib/recent-map.ts';

function fill(map: RecentMap<string>, count: number, prefix = 'k'): void {
  for (let i = 0; i < count; i += 1) map.set(`${prefix}${i}`, `v${i}`);
}

describe('a memo of what came lately', () => {
  it('knows what was put in', () => {
    const map = new RecentMap<string>(4);
    expect(map.set('a', 'x')).to.equal('x');
    expect([map.get('a'), map.get('b')]).to.deep.equal(['x', undefined]);
  });

  it('forgets what nobody asked for while as many came twice as it holds', () => {
    const map = new RecentMap<string>(4);
    map.set('a', 'x');
    fill(map, 8);
    expect(map.get('a')).to.equal(undefined);
  });

  it('keeps what is asked for now and then, whatever else comes', () => {
    const map = new RecentMap<string>(4);
    map.set('a', 'x');
    for (let round = 0; round < 100; round += 1) {
      fill(map, 3, `r${round}-`);
      expect(map.get('a')).to.equal('x');
    }
  });

  it('never holds more than twice its limit', () => {
    const map = new RecentMap<string>(10);
    for (let i = 0; i < 1000; i += 1) {
      map.set(`k${i}`, 'v');
      map.get(`k${i - 7}`);
      expect(map.size).to.be.at.most(20);
    }
  });
});
