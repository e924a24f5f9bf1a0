import { expect } from 'chai';
import { REQUIRED_ACCESS, SUBMITTER_SECRET, accessChecks, accessReview, describeAccess } from '../../src/api/access.ts';
import type { AccessRole, AccessRule } from '../../src/api/access.ts';
import { AUTHORITY_SECRET } from '../../src/engine/certificates/authority-secret.ts';
import { SERVING_SECRET } from '../../src/engine/certificates/serving-secret.ts';
import { CONFIGURATION_NAME } from '../../webhooks/configurations.ts';

function rulesOf(...roles: readonly AccessRole[]): readonly AccessRule[] {
  return roles.flatMap((role) => REQUIRED_ACCESS[role]);
}

describe('REQUIRED_ACCESS', () => {
  const roles = Object.keys(REQUIRED_ACCESS) as readonly AccessRole[];
  const running = roles.filter((role) => role !== 'install');

  it('names the Secrets that are kept, and to who only verifies that of the keys of submitters', () => {
    const namedBy = (role: AccessRole): readonly (readonly string[])[] =>
      REQUIRED_ACCESS[role]
        .filter((rule) => rule.type.plural === 'secrets')
        .map(({ verbs, names }) => [...verbs, ...names]);
    expect(namedBy('authority')).to.deep.equal([['get', 'create', 'patch', AUTHORITY_SECRET, SERVING_SECRET]]);
    expect(namedBy('submitters')).to.deep.equal([['get', 'create', 'patch', SUBMITTER_SECRET]]);
    expect(namedBy('serving')).to.deep.equal([['get', SERVING_SECRET]]);
    for (const role of ['webhook', 'scheduler', 'controllers'] as const)
      expect(namedBy(role), role).to.deep.equal([['get', SUBMITTER_SECRET]]);
  });

  it('names the webhook configurations that are ours, wherever one can be named', () => {
    const rules = Object.values(REQUIRED_ACCESS).flat();
    const named = rules.filter((rule) => rule.type.plural.endsWith('webhookconfigurations'));
    expect(named).to.have.length(6);
    for (const rule of named) expect(rule.names).to.deep.equal([CONFIGURATION_NAME]);
  });

  it('lets no running part touch Secrets outside its own namespace, or read all of them', () => {
    for (const rule of Object.values(REQUIRED_ACCESS)
      .flat()
      .filter(({ type }) => type.plural === 'secrets')) {
      expect(rule.scope).to.equal('own');
      expect(rule.verbs).to.not.include.members(['list']);
    }
  });

  it('lets only the scheduler bind and delete pods', () => {
    const can = (what: string) =>
      running.filter((role) => accessChecks(rulesOf(role)).some((check) => describeAccess(check, '') === what));
    expect(can('create pods/binding')).to.deep.equal(['scheduler']);
    expect(can('delete pods')).to.deep.equal(['scheduler']);
    expect(can('create pods')).to.deep.equal([]);
  });

  it('lets who answers reviews write nothing: it asks about rights, and that is all', () => {
    const writes = accessChecks(rulesOf('webhook', 'read-only', 'serving', 'cert-manager'))
      .filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
      .map((check) => describeAccess(check, ''));
    expect(writes).to.deep.equal(['create subjectaccessreviews.authorization.k8s.io']);
  });

  it('lets no running part create webhook configurations or CRDs', () => {
    const created = accessChecks(rulesOf(...running))
      .filter(({ verb }) => verb === 'create')
      .map((check) => check.type.plural);
    expect(created).to.include('podgroups');
    for (const plural of [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
      'customresourcedefinitions',
    ]) {
      expect(created).to.not.include(plural);
    }
  });
});

describe('accessChecks', () => {
  it('asks for each right once, however many roles need it', () => {
    const asked = accessChecks(rulesOf('scheduler', 'controllers')).map((check) => describeAccess(check, 'own'));
    expect(new Set(asked).size).to.equal(asked.length);
    expect(asked).to.include.members(['watch pods', 'patch podgroups.scheduling.volcano.sh', 'create pods/binding']);
    expect(asked).to.include('update leases.coordination.k8s.io "sluice" in namespace own');
  });

  it('asks for named objects one by one, but cannot name what is to be created', () => {
    const asked = accessChecks(rulesOf('authority')).map((check) => describeAccess(check, 'own'));
    expect(asked).to.include.members([
      'get secrets "sluice-ca" in namespace own',
      'patch secrets "sluice-serving" in namespace own',
      'create secrets in namespace own',
    ]);
  });
});

describe('accessReview', () => {
  it('asks about a resource of the cluster or of the own namespace', () => {
    const [create] = accessChecks(rulesOf('authority')).filter(({ verb }) => verb === 'create');
    expect(create && accessReview(create, 'sluice-system')).to.deep.equal({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          group: '',
          version: 'v1',
          resource: 'secrets',
          subresource: '',
          verb: 'create',
          name: '',
          namespace: 'sluice-system',
        },
      },
    });
    const [bind] = accessChecks(rulesOf('scheduler')).filter(({ subresource }) => subresource === 'binding');
    expect(bind && accessReview(bind, 'sluice-system')).to.have.nested.property(
      'spec.resourceAttributes.namespace',
      '',
    );
  });
});
