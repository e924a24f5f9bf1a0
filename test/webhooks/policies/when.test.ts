import { expect } from 'chai';
import { NAMESPACES } from '../../../src/api/resources.ts';
import { memberAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { policy } from '../../support/policies.ts';
import { patched, request, summary, view } from '../fixture.ts';
import { job } from '../jobs/job-fixture.ts';

const RED = { labels: { values: { colour: 'red' } } };

function ask(spec: JsonObject, object: JsonObject = job(), over: Partial<AdmissionRequest> = {}): Verdict {
  const cluster = view({
    policies: compile([policy('p', { set: RED, ...spec })]),
    records: new Map([
      [NAMESPACES, [{ name: 'team-a', deleting: false, labels: ['tier', 'gold'], optedIn: true, defaultQueue: '' }]],
    ]),
  });
  return mutateJob(request({ group: 'batch', resource: 'jobs', object, userGroups: ['dev'], ...over }), cluster);
}

function isRed(verdict: Verdict, object: JsonObject = job()): boolean {
  return memberAt(patched(object, verdict), 'spec', 'template', 'metadata', 'labels', 'colour') === 'red';
}

describe('the expression of a policy', () => {
  const cases: readonly (readonly [spec: JsonObject, isRed: boolean])[] = [
    [{ match: { when: 'true' } }, true],
    [{ match: { when: 'has(object.spec.template)' } }, true],
    [{ match: { when: 'object.spec.template.spec.containers.all(c, has(c.securityContext))' } }, false],
    [{ match: { when: '"dev" in request.userInfo.groups && request.userInfo.username == "alice"' } }, true],
    [{ match: { when: 'request.operation == "UPDATE" || oldObject != null' } }, false],
    [{ match: { when: 'namespaceObject.metadata.labels.tier == "gold" && request.namespace == "team-a"' } }, true],
    [{ exclude: { when: 'request.namespace == "team-a"' } }, false],
    [{ exclude: { when: 'request.namespace == "team-b"' } }, true],
    [{ match: { when: 'true' }, exclude: { when: 'true' } }, false],
  ];
  for (const [spec, wanted] of cases) {
    it(`decides whom the policy is for: ${JSON.stringify(spec)}`, () => {
      expect(isRed(ask(spec))).to.equal(wanted);
    });
  }

  const FAILS = 'object.spec.nothing == 1';
  const failures: readonly (readonly [spec: JsonObject, told: string])[] = [
    [{ match: { when: FAILS } }, '422 PolicyExpressionFailed metadata'],
    [{ exclude: { when: FAILS } }, '422 PolicyExpressionFailed metadata'],
    [
      { match: { when: FAILS }, onFailedExpression: 'Warn' },
      'policy p is left out: spec.match.when: there is no nothing',
    ],
    [{ match: { when: FAILS }, enforcement: 'Warn' }, 'policy p is left out: spec.match.when: there is no nothing'],
    [{ match: { when: FAILS }, onFailedExpression: 'Ignore' }, ''],
    // All else is asked first.
    [{ match: { when: FAILS, users: ['bob'] } }, ''],
    [{ match: { when: FAILS }, exclude: { users: ['alice'] } }, ''],
    [{ match: { when: FAILS }, exclude: { when: 'true' } }, ''],
  ];
  for (const [spec, told] of failures) {
    it(`that gives no answer does what the policy says: ${JSON.stringify(spec)}`, () => {
      const verdict = ask(spec);
      if (verdict.kind !== 'allow') expect(summary(verdict)).to.equal(told);
      else {
        expect(isRed(verdict)).to.equal(false);
        expect(verdict.warnings.join()).to.equal(told);
      }
    });
  }

  it('ends where its budget does, whatever somebody sends', () => {
    const spec = {
      match: { when: 'object.metadata.list.all(a, object.metadata.list.all(b, object.metadata.list.all(c, true)))' },
    };
    const list = Array.from({ length: 2000 }, (_, index) => index);
    const verdict = ask(spec, { ...job(), metadata: { name: 'x', list } });
    expect(verdict.kind === 'deny' ? verdict.errors[0]?.message : '').to.match(/takes too many steps/);
  });

  describe('beside many others', () => {
    const EXPENSIVE = 'object.metadata.list.all(a, object.metadata.list.all(b, a != -1 && b != -1))';
    const list = Array.from({ length: 40 }, (_, index) => index);
    const object = { ...job(), metadata: { name: 'x', list } };
    const answer = (count: number): Verdict => {
      const policies = Array.from({ length: count }, (_, index) =>
        policy(`p${String(index).padStart(3, '0')}`, { set: RED, match: { when: EXPENSIVE } }),
      );
      return mutateJob(request({ group: 'batch', resource: 'jobs', object }), view({ policies: compile(policies) }));
    };

    it('has its own budget as long as all of them stay within one', () => {
      expect(answer(5).kind).to.equal('allow');
    });

    it('gives no answer once they have used up what a review may take, and those in front are not to blame', () => {
      const verdict = answer(100);
      if (verdict.kind !== 'deny') throw new Error(verdict.kind);
      const blamed = verdict.errors.map(
        ({ message }) => /^policy (\S+) .*all expressions together take/.exec(message)?.[1],
      );
      expect(blamed.at(0)).to.equal('p006');
      expect(blamed.at(-1)).to.equal('p099');
      expect(blamed).to.not.include(undefined);
    });
  });

  it('refuses nothing that controllers make, since nobody would see it', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u', controller: true };
    const object = { metadata: { name: 'p', ownerReferences: [owner] }, spec: { containers: [{ name: 'c' }] } };
    const cluster = view({ policies: compile([policy('p', { set: RED, match: { when: FAILS } })]) });
    const username = 'system:serviceaccount:kube-system:replicaset-controller';
    expect(mutatePod(request({ object, username }), cluster).kind).to.equal('allow');
  });
});
