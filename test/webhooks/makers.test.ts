import { expect } from 'chai';
import { askMakers } from '../../webhooks/makers.ts';

describe('what made a pod', () => {
  const cases: readonly (readonly [name: string, kind: string, owner: string, asked: readonly string[]])[] = [
    ['is a ReplicaSet, and the Deployment whose name that has', 'ReplicaSet', 'web-7f', ['web-7f', 'web']],
    [
      'is a ReplicaSet alone where its name has no parts: all Deployments are asked for otherwise',
      'ReplicaSet',
      'web',
      ['web'],
    ],
    ['is a StatefulSet alone', 'StatefulSet', 'web-7f', ['web-7f']],
    ['is not asked for where the kind is not known', 'Study', 'web-7f', []],
  ];
  for (const [name, kind, owner, asked] of cases)
    it(name, () => {
      const questions = askMakers({ apiVersion: 'apps/v1', kind, name: owner, uid: 'u' }, 'team');
      expect(questions.map((one) => one.name)).to.deep.equal(asked);
    });
});
