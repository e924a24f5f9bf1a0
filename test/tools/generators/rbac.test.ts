import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import { outputs } from '../../../tools/generators/rbac.ts';

async function documents(path: string): Promise<readonly unknown[]> {
  const text = (await outputs()).get(path) ?? '';
  return parseAllDocuments(text).map((document): unknown => document.toJS());
}

describe('manifests/rbac', () => {
  const roles: readonly (readonly [role: string, everywhere: number, own: number])[] = [
    ['webhook', 1, 1],
    ['scheduler', 1, 1],
    ['controllers', 1, 1],
    ['certificates', 1, 0],
    ['authority', 0, 1],
    ['cert-manager', 0, 1],
  ];
  for (const [role, everywhere, own] of roles) {
    it(`binds every role of ${role} that it defines`, async () => {
      const made = await documents(`manifests/rbac/${role}.yaml`);
      const named = (kind: string) => made.filter((object) => stringAt(object, ['kind']) === kind).length;
      expect(made.length).to.equal(2 * (everywhere + own));
      expect(named('ClusterRoleBinding')).to.equal(named('ClusterRole')).and.equal(everywhere);
      expect(named('RoleBinding')).to.equal(named('Role')).and.equal(own);
    });
  }

  it('allows nothing by wildcard', async () => {
    for (const text of (await outputs()).values()) expect(text).to.not.match(/["']\*["']/);
  });

  it('gives a process in the place of Volcano the same roles, in the namespace of Volcano', async () => {
    const made = await documents('manifests/volcano/rbac.yaml');
    const bindings = made.filter((object) => stringAt(object, ['kind']).endsWith('Binding'));
    for (const object of bindings) {
      const [subject] = arrayAt(object, 'subjects');
      expect(subject).to.deep.equal({ kind: 'ServiceAccount', name: 'sluice', namespace: 'volcano-system' });
    }
    const bound = bindings.map((object) => stringAt(object, ['roleRef', 'name']));
    const roles = ['webhook', 'scheduler', 'controllers', 'certificates', 'workloads', 'volcano', 'volcano'];
    expect(bound).to.have.members(roles.map((role) => `sluice-${role}`));
  });

  it('lets one ConfigMap be followed, and no other: lists and watches select it by its name', async () => {
    const [role] = await documents('manifests/rbac/configuration.yaml');
    expect([stringAt(role, ['kind']), stringAt(role, ['metadata', 'namespace'])]).to.deep.equal([
      'Role',
      'sluice-system',
    ]);
    expect(arrayAt(role, 'rules')).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'], resourceNames: ['sluice-scheduler'] },
    ]);
  });

  it('splits a rule with names, since a create request has none', async () => {
    const made = await documents('manifests/rbac/authority.yaml');
    const role = made.find((object) => stringAt(object, ['kind']) === 'Role');
    const secret = { apiGroups: [''], resources: ['secrets'] };
    expect(arrayAt(role, 'rules')).to.deep.equal([
      { ...secret, verbs: ['get', 'patch'], resourceNames: ['sluice-ca', 'sluice-serving'] },
      { ...secret, verbs: ['create'] },
    ]);
  });
});
