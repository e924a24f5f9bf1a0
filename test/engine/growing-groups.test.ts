import { expect } from 'chai';
import { POD_GROUPS, QUEUES } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import type { Effect } from '../../src/controllers/effect.ts';
import { GrowingGroups } from '../../src/engine/growing-groups.ts';
import type { JsonObject } from '../../src/lib/json.ts';

function patch(spec: JsonObject, type: ResourceType = POD_GROUPS): Effect {
  const target = { type, namespace: 'ns', name: 'g' };
  return {
    kind: 'patch',
    ...target,
    regarding: { ...target, uid: 'u' },
    precondition: { uid: 'u', resourceVersion: '1' },
    body: { spec },
  };
}

describe('a group that is about to ask for more members', () => {
  const looks: readonly (readonly [string, readonly Effect[], number | undefined, readonly string[]])[] = [
    ['gets nothing before it does', [patch({ minMember: 30 })], 5, ['ns/g']],
    ['gets what it asks for once it does', [patch({ minMember: 30 })], 30, []],
    ['is forgotten when it is gone', [patch({ minMember: 30 })], undefined, []],
    ['is none that asks for fewer from now on', [patch({ minMember: 3 })], 5, []],
    ['is none of which something else changes', [patch({ queue: 'blue' })], 5, []],
    ['is none for what happens to others', [patch({ minMember: 30 }, QUEUES)], 5, []],
    ['is none for whom nothing is to be done', [], 5, []],
  ];
  for (const [name, effects, seen, want] of looks) {
    it(name, () => {
      const growing = new GrowingGroups();
      growing.looked('ns/g', effects);
      expect([...growing.refusals(() => seen).keys()]).to.deep.equal(want);
    });
  }

  it('says what for', () => {
    const growing = new GrowingGroups();
    growing.looked('ns/g', [patch({ minMember: 30 })]);
    expect(growing.refusals(() => 5).get('ns/g')).to.deep.equal({
      code: 'GroupGrows',
      message: 'PodGroup ns/g is about to ask for 30 members: none of them starts before it does.',
    });
  });

  it('is none any more when the next look finds nothing to do, as after it was scaled back', () => {
    const growing = new GrowingGroups();
    growing.looked('ns/g', [patch({ minMember: 30 })]);
    growing.looked('ns/g', []);
    expect(growing.refusals(() => 5).size).to.equal(0);
  });
});
