import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayAt, objectAt, stringAt } from '../../../../src/lib/json.ts';
import type { ControlPlane } from '../../../control-plane/launch.ts';

/** A kubelet takes up to a minute. */
const LOOK_MS = 1000;
const DATA = '..data';

/** A Secret and the folder that shows it. */
interface Mount {
  readonly path: string;
  readonly folder: string;
  version: string;
}

/** Volumes of Secrets as a kubelet keeps them: all files of a folder are exchanged at once, by one link. */
export class MountedSecrets {
  readonly #plane: ControlPlane;
  readonly #mounts: readonly Mount[];
  readonly #followed: Promise<void>;
  #isOver = false;

  private constructor(plane: ControlPlane, mounts: readonly Mount[]) {
    this.#plane = plane;
    this.#mounts = mounts;
    this.#followed = this.#follow();
  }

  /** Fills the folders below that one, each with the name of its volume, and follows what becomes of the Secrets. */
  static async mount(plane: ControlPlane, pod: unknown, folder: string): Promise<MountedSecrets> {
    const namespace = stringAt(pod, ['metadata', 'namespace']);
    const mounts = arrayAt(pod, 'spec', 'volumes').flatMap((volume) => {
      const name = stringAt(volume, ['secret', 'secretName']);
      const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
      return name === '' ? [] : [{ path, folder: join(folder, stringAt(volume, ['name'])), version: '' }];
    });
    for (const mount of mounts) await look(plane, mount);
    return new MountedSecrets(plane, mounts);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#followed;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver && this.#mounts.length > 0) {
      await sleep(LOOK_MS, undefined, { ref: false });
      for (const mount of this.#mounts) await look(this.#plane, mount).catch(() => undefined);
    }
  }
}

async function look(plane: ControlPlane, mount: Mount): Promise<void> {
  const { status, body } = await plane.client.request('GET', mount.path);
  const version = stringAt(body, ['metadata', 'resourceVersion']);
  if (status !== 200 || version === mount.version) return;
  const keys = Object.keys(objectAt(body, 'data'));
  const name = `..${version}`;
  await mkdir(join(mount.folder, name), { recursive: true });
  for (const key of keys)
    await writeFile(join(mount.folder, name, key), Buffer.from(stringAt(body, ['data', key]), 'base64'));
  await symlink(name, join(mount.folder, `${DATA}_next`));
  await rename(join(mount.folder, `${DATA}_next`), join(mount.folder, DATA));
  for (const key of keys) await symlink(join(DATA, key), join(mount.folder, key)).catch(() => undefined);
  mount.version = version;
}
