import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { stringAt } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { applied } from './manifest.ts';

const RBAC = join(import.meta.dirname, '../../../manifests/rbac');

/** Gives a user the rights of manifests/rbac, and no others. */
export async function grantTo(plane: ControlPlane, user: string): Promise<void> {
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
  for (const file of (await readdir(RBAC)).filter((name) => name !== 'kustomization.yaml')) {
    const documents = parseAllDocuments(await readFile(join(RBAC, file), 'utf8')).map((document): unknown =>
      document.toJS(),
    );
    const granted = documents.map((object) =>
      stringAt(object, ['kind']).endsWith('Binding') ? { ...(object as object), subjects } : (object as object),
    );
    await applied(plane, ...granted);
  }
}
