import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import type { RightMode } from '../../../webhooks/rights/mode.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { OWN_USER, request, summary, view } from '../fixture.ts';

function command(kind: string, name: string): JsonObject {
  return { metadata: { name: 'c' }, action: 'CloseQueue', target: { kind, name, uid: 'u' } };
}

function asked(
  object: JsonObject,
  who = 'bob',
  mode: RightMode = 'enforce',
  oldObject?: JsonObject,
): readonly string[] {
  const about = request({ object, oldObject, username: who, operation: oldObject === undefined ? 'CREATE' : 'UPDATE' });
  const questions = row().ask?.(about, view({ rights: { queues: mode } })) ?? [];
  return questions.map((one) => ('verb' in one ? `${one.verb} ${one.type.plural} ${one.namespace}${one.name}` : ''));
}

function row(): AdmissionRow {
  const found = REGISTRY.find(({ id }) => id === 'validate-commands');
  if (found === undefined) throw new Error('no such row');
  return found;
}

describe('a Command', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['about a queue takes the right to update it', asked(command('Queue', 'gold')), ['update queues gold']],
    ['about a Job takes none', asked(command('Job', 'train')), []],
    ['about nothing takes none', asked({ metadata: { name: 'c' } }), []],
    ['of Sluice takes none', asked(command('Queue', 'gold'), OWN_USER), []],
    ['takes none where nobody is asked', asked(command('Queue', 'gold'), 'bob', 'off'), []],
    [
      'that is turned to another queue takes the right to that',
      asked(command('Queue', 'gold'), 'bob', 'enforce', command('Queue', 'silver')),
      ['update queues gold'],
    ],
    [
      'that changes in anything else takes none',
      asked(command('Queue', 'gold'), 'bob', 'enforce', command('Queue', 'gold')),
      [],
    ],
  ];
  for (const [name, questions, wanted] of cases) {
    it(name, () => expect(questions).to.deep.equal(wanted));
  }

  for (const [verdict, wanted] of [
    ['allowed', 'allow'],
    ['denied', '403 QueueChangeDenied target.name'],
    ['unknown', '403 RightUnknown target.name'],
  ] as const) {
    it(`of a user whose right is ${verdict}: ${wanted}`, () => {
      const about = request({ object: command('Queue', 'gold'), username: 'bob', operation: 'CREATE' });
      const cluster = view({ rights: { queues: 'enforce' } });
      const questions = row().ask?.(about, cluster) ?? [];
      const answers = new Map(questions.map(({ key }) => [key, { kind: 'authorise', verdict } as const]));
      expect(
        summary(row()?.admit(about, cluster, answers) ?? { kind: 'allow', operations: [], warnings: [] }),
      ).to.equal(wanted);
    });
  }
});
