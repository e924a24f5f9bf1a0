import { expect } from 'chai';
import fc from 'fast-check';
import { formatBindPlan, MAX_BIND_PLAN_LENGTH, parseBindPlan, uidToken } from '../../src/api/bind-plan.ts';
import type { BindPlan } from '../../src/api/bind-plan.ts';

const nodeName = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
const token = fc.uuid().map(uidToken);
const instance = fc.record({ group: fc.stringMatching(/^[a-z0-9_.]{1,20}$/), position: fc.nat(9999) });
const whole = { card: fc.stringMatching(/^[A-Za-z0-9-]{1,40}$/), memory: fc.nat(), cores: fc.nat(100) };
const part = fc.oneof(fc.record(whole), fc.record({ ...whole, instance }));
/** Of some container. */
const cards = fc.array(fc.array(part, { maxLength: 3 }), { minLength: 2, maxLength: 3 });
const plan: fc.Arbitrary<BindPlan> = fc.record({
  id: fc.uuid(),
  epoch: fc.nat(),
  atMs: fc.nat(),
  binds: fc.uniqueArray(fc.oneof(fc.record({ token, node: nodeName }), fc.record({ token, node: nodeName, cards })), {
    minLength: 1,
    maxLength: 80,
    selector: (bind) => bind.token,
  }),
});

describe('bind plan', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(plan, (given) => {
        expect(parseBindPlan(formatBindPlan(given))).to.deep.equal(given);
      }),
    );
  });

  it('names each node once', () => {
    const binds = ['a', 'b', 'c'].map((text) => ({ token: text, node: 'n1' }));
    const text = formatBindPlan({ id: 'p', epoch: 3, atMs: 5, binds });
    expect(text).to.equal('{"version":1,"id":"p","epoch":3,"at":5,"nodes":["n1"],"pods":"a:0,b:0,c:0"}');
  });

  it('of 5,000 pods on 5,000 nodes fits an annotation', () => {
    const binds = Array.from({ length: 5000 }, (_, i) => ({
      token: i.toString(16).padStart(16, '0'),
      node: `node-${String(i).padStart(5, '0')}`,
    }));
    const text = formatBindPlan({ id: 'p', epoch: 1, atMs: 1, binds });
    expect(text.length).to.be.at.most(MAX_BIND_PLAN_LENGTH);
    expect(parseBindPlan(text)?.binds).to.deep.equal(binds);
  });

  const uids: readonly (readonly [string, string, string])[] = [
    ['the first 64 bits of a UUID', '0f8fad5b-d9cb-469f-a165-70867728950e', '0f8fad5bd9cb469f'],
    ['any other UID whole', 'uid-1', 'uid-1'],
    ['a UUID in capitals whole', '0F8FAD5B-D9CB-469F-A165-70867728950E', '0F8FAD5B-D9CB-469F-A165-70867728950E'],
  ];
  for (const [name, uid, wanted] of uids) {
    it(`takes ${name} for the pod's token`, () => {
      expect(uidToken(uid)).to.equal(wanted);
    });
  }

  const foreign: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['text that is no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['another version', '{"version":2,"id":"p","nodes":["n"],"pods":"a:0"}'],
    ['no id', '{"version":1,"nodes":["n"],"pods":"a:0"}'],
    ['no pods', '{"version":1,"id":"p","nodes":["n"],"pods":""}'],
    ['a pod without a node', '{"version":1,"id":"p","nodes":["n"],"pods":"a"}'],
    ['a pod without a name', '{"version":1,"id":"p","nodes":["n"],"pods":":0"}'],
    ['a node index out of bounds', '{"version":1,"id":"p","nodes":["n"],"pods":"a:1"}'],
    ['a node that is no text', '{"version":1,"id":"p","nodes":[7],"pods":"a:0"}'],
    ['one good pod beside a bad one', '{"version":1,"id":"p","nodes":["n"],"pods":"a:0,b:9"}'],
  ];
  for (const [name, text] of foreign) {
    it(`is not ${name}`, () => {
      expect(parseBindPlan(text)).to.equal(undefined);
    });
  }

  it('takes any text without a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseBindPlan(text)?.id ?? '').to.be.a('string');
      }),
    );
  });
});
