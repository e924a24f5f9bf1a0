import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { stringAt } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { applied } from './manifest.ts';

const MANIFESTS = join(import.meta.dirname, '../../../manifests');
const RBAC = join(MANIFESTS, 'rbac');

/** Gives a user the rights of manifests/rbac, and no others. */
export async function grantTo(plane: ControlPlane, user: string): Promise<void> {
  const files = (await readdir(RBAC)).filter((file) => file !== 'kustomization.yaml');
  for (const file of files) await grant(plane, user, await readFile(join(RBAC, file), 'utf8'));
}

/** The same with what takes the place of Volcano where that was installed under this release. */
export async function grantInPlaceOfVolcano(plane: ControlPlane, user: string, release: string): Promise<void> {
  await grantTo(plane, user);
  const text = await readFile(join(MANIFESTS, 'volcano/rbac.yaml'), 'utf8');
  await grant(plane, user, text.replaceAll(/\bvolcano-(?=\w+-configmap\b)/g, `${release}-`));
}

async function grant(plane: ControlPlane, user: string, text: string): Promise<void> {
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
  const objects = parseAllDocuments(text).map((document): unknown => document.toJS());
  const granted = objects.map((object) =>
    stringAt(object, ['kind']).endsWith('Binding') ? { ...(object as object), subjects } : (object as object),
  );
  await applied(plane, ...granted);
}
