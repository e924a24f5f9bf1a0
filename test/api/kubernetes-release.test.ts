import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { REQUIRED_ACCESS } from '../../src/api/access.ts';
import type { AccessRole } from '../../src/api/access.ts';
import { NEWEST_RELEASE, OLDEST_RELEASE, SERVED_SINCE } from '../../src/api/kubernetes-release.ts';
import { KINDS } from '../../src/api/kinds/kinds.ts';
import { ACCESS_REVIEWS, apiVersion, SELF_REVIEWS, RESOURCE_CLAIMS } from '../../src/api/resources.ts';
import { accessOf } from '../../src/engine/control/controller-access.ts';
import { stringAt } from '../../src/lib/json.ts';
import { ROOT } from '../../tools/run-node.ts';

/** Everything that some role may ask for, but for kinds of our own and of cert-manager. */
function asked(): ReadonlySet<string> {
  const others = new Set(['cert-manager.io', ...KINDS.map(({ type }) => type.group)]);
  const types = (Object.keys(REQUIRED_ACCESS) as AccessRole[]).flatMap((role) =>
    accessOf(role).map(({ type }) => type),
  );
  return new Set(
    [...types, ACCESS_REVIEWS, SELF_REVIEWS]
      // Devices are read where they are served, and nothing waits for them.
      .filter(({ group }) => !others.has(group) && group !== RESOURCE_CLAIMS.group)
      .map((type) => `${apiVersion(type)} ${type.kind}`),
  );
}

function installed(): ReadonlySet<string> {
  const documents = parseAllDocuments(readFileSync(join(ROOT, 'manifests/install.yaml'), 'utf8'));
  return new Set(
    documents.map((document) => {
      const object: unknown = document.toJS();
      return `${stringAt(object, ['apiVersion'])} ${stringAt(object, ['kind'])}`;
    }),
  );
}

describe('what Sluice calls of Kubernetes', () => {
  it('has a release from which on it is served, and nothing else has', () => {
    const needed = new Set([...asked(), ...installed()]);
    expect(Object.keys(SERVED_SINCE).toSorted()).to.deep.equal([...needed].toSorted());
  });

  it('is served by every release that Sluice is made for, the newest and the three before', () => {
    const late = Object.entries(SERVED_SINCE).filter(([, release]) => release > OLDEST_RELEASE);
    expect(late).to.deep.equal([]);
    expect(NEWEST_RELEASE - OLDEST_RELEASE).to.equal(3);
  });
});
