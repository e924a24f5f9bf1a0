import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, runNode } from '../../../tools/run-node.ts';

const run = promisify(execFile);

/** The revision of git that a baseline is of: its last part where that is a commit, else the tag of the release. */
export function revisionOf(baseline: string): string {
  const commit = /-([0-9a-f]{7,40})$/.exec(baseline)?.[1];
  return commit ?? `v${baseline}`;
}

/** Why an earlier package cannot be built here; undefined when it can. */
export async function whyNoEarlier(revision: string): Promise<string | undefined> {
  const found = await run('git', ['cat-file', '-e', `${revision}^{commit}`], { cwd: ROOT }).catch(String);
  return typeof found === 'string'
    ? `git does not have ${revision} (git fetch --unshallow --tags brings it)`
    : undefined;
}

/** Builds the package of an earlier revision in a folder, and resolves with the path of its program. */
export async function buildEarlier(revision: string, folder: string): Promise<string> {
  const sources = join(folder, 'sources.tar');
  await run('git', ['archive', '--output', sources, revision], { cwd: ROOT });
  await run('tar', ['-xf', sources, '-C', folder]);
  // The packages that are installed stand in for those that it was made with.
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const built = await runNode(['tools/build.ts'], folder);
  if (built.code !== 0) throw new Error(`${revision} cannot be built: ${built.stderr}`);
  return join(folder, 'dist/bin/sluice.js');
}
