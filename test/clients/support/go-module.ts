import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stringAt } from '../../../src/lib/json.ts';
import { goEnvironment } from '../../control-plane/go-toolchain.ts';
import { clientsFolder, install, installedIn } from './installation.ts';

/** A module of Go's proxy. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
}

/** Where the module's own files lie in Go's module cache; fetched if need be. */
export async function moduleFolder({ path, version }: GoModule): Promise<string> {
  const what = `${path}@${version}`;
  const args = ['mod', 'download', '-json', what];
  return stringAt(JSON.parse(await install({ what, file: 'go', args, cwd: tmpdir(), env: goEnv() })), ['Dir']);
}

/**
 * A program of a module, built in the module's own folder: there its own versions and replacements hold, which
 * `go install` refuses. Tags leave out what no test needs.
 */
export async function goProgram(module: GoModule, source: string, tags: readonly string[] = []): Promise<string> {
  const name = [module.path.replaceAll('/', '_'), ...tags, module.version].join('-');
  const folder = await installedIn(name, async (into) => {
    const cwd = await moduleFolder(module);
    await build(`${module.path}@${module.version}`, cwd, join(into, 'program'), source, tags);
  });
  return join(folder, 'program');
}

/** A program of ours, built from a folder of this repository: it uses the modules that its go.mod names. */
export async function goProgramOf(folder: string): Promise<string> {
  const output = join(clientsFolder(), basename(folder));
  await build(basename(folder), folder, output, '.', []);
  return output;
}

async function build(
  what: string,
  cwd: string,
  output: string,
  source: string,
  tags: readonly string[],
): Promise<void> {
  const options = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w', '-tags', tags.join(',')];
  await install({ what, file: 'go', args: ['build', ...options, '-o', output, source], cwd, env: goEnv() });
}

function goEnv(): NodeJS.ProcessEnv {
  return goEnvironment(process.env, { cache: join(clientsFolder(), 'go-build'), temp: tmpdir() });
}
