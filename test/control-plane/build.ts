import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BINARY_NAMES, GO_PACKAGES, KUBERNETES_VERSION } from './binary.ts';
import type { Binaries, BinaryName } from './binary.ts';
import { takeBuildLock } from './build-lock.ts';
import { downloadBinaries, knownSums } from './download.ts';
import { GoRuns } from './go-runs.ts';
import { goEnvironment, goVersion, LEAST_GO } from './go-toolchain.ts';
import { startGuardian } from './guardian.ts';
import { binaryCacheFolder, cacheFolder, locateBinaries } from './locate.ts';
import type { Environment } from './locate.ts';
import { published } from './official-releases.ts';
import { Progress } from './progress.ts';
import type { ProgressSink } from './progress.ts';

const MODULE_FOLDER = import.meta.dirname;

/** How the control plane's programs are gathered. */
export type EnsureOptions = {
  readonly env?: Environment;
  readonly sink?: ProgressSink;
};

/** The programs asked for: found where they lie, and built where they are missing. */
export async function ensureBinaries(names: readonly BinaryName[], options: EnsureOptions = {}): Promise<Binaries> {
  const env = options.env ?? process.env;
  const located = locateBinaries(names, env);
  if (located.missing.length === 0) return located.found;
  const progress = new Progress(options.sink ?? process.stderr);
  const folder = binaryCacheFolder(env);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new Error(cannotGather(located.missing, env, String(error)));
  });
  const lock = await takeBuildLock(`${folder}.lock`, (pid) =>
    progress.say(`Another process (${pid}) is building the control plane: waiting for it.`),
  );
  try {
    const { missing } = locateBinaries(names, env);
    if (missing.length > 0) await gather(missing, env, progress);
  } finally {
    await lock.release();
  }
  return locateBinaries(names, env).found;
}

/** Builds, unless a download was asked for: nothing is fetched from elsewhere by itself. */
async function gather(missing: readonly BinaryName[], env: Environment, progress: Progress): Promise<void> {
  const way = env['SLUICE_CONTROL_PLANE'] ?? '';
  if (way === 'download') await download(missing, env, progress);
  else if (way === '' || way === 'build') await buildBinaries(worthBuilding(missing, env), env, progress);
  else throw new Error(`SLUICE_CONTROL_PLANE takes build or download, not ${JSON.stringify(way)}`);
}

/** What nobody has a sum of is built: nothing is used that could not be compared. */
async function download(missing: readonly BinaryName[], env: Environment, progress: Progress): Promise<void> {
  const sums = await knownSums(env);
  const { known = [], unknown = [] } = Object.groupBy(missing, (name) =>
    sums.has(published(name).url) ? 'known' : 'unknown',
  );
  if (known.length > 0) await downloadBinaries(known, binaryCacheFolder(env), { env, sums, progress });
  if (unknown.length === 0) return;
  progress.say(`No sum is known of the release of ${unknown.join(', ')}: built in place of that.`);
  await buildBinaries(unknown, env, progress);
}

/**
 * The rest of Kubernetes shares most packages with kube-apiserver: beside it a further program costs seconds, later, once
 * the build cache is gone, minutes.
 */
function worthBuilding(missing: readonly BinaryName[], env: Environment): readonly BinaryName[] {
  return missing.includes('kube-apiserver') ? locateBinaries(BINARY_NAMES, env).missing : missing;
}

async function buildBinaries(missing: readonly BinaryName[], env: Environment, progress: Progress): Promise<void> {
  const goCache = join(cacheFolder(env), 'control-plane', `go-build-${KUBERNETES_VERSION}`);
  const guardian = await startGuardian('sluice-build');
  try {
    const goEnv = goEnvironment(env, { cache: goCache, temp: guardian.dir });
    const go = await goVersion(MODULE_FOLDER, goEnv);
    if ('problem' in go) throw new Error(cannotGather(missing, env, go.problem));
    announce(missing, go.version, env, progress);
    const failure = await buildTogether(new GoRuns(guardian, MODULE_FOLDER, goEnv), missing, env, progress);
    const left = locateBinaries(missing, env).missing;
    if (failure !== undefined) throw new Error(cannotGather(left, env, failure));
    await rm(goCache, { recursive: true, force: true });
  } finally {
    await guardian.release();
  }
}

function announce(missing: readonly BinaryName[], version: string, env: Environment, progress: Progress): void {
  progress.say(`The local control plane lacks ${missing.join(', ')}: building with ${version}, once.`);
  progress.say('All six programs take 6 to 7 minutes on 2 cores and up to 8 GB of disk while they build.');
  progress.say(`They stay in ${binaryCacheFolder(env)}; about 0.7 GB of Go modules stay in Go's own module cache.`);
}

/** Builds all in one go, so that one program is linked while the next is compiled; says what Go said if that failed. */
async function buildTogether(
  runs: GoRuns,
  missing: readonly BinaryName[],
  env: Environment,
  progress: Progress,
): Promise<string | undefined> {
  const packages = missing.map((name) => GO_PACKAGES[name]);
  progress.begin('Fetching the sources');
  const listing = await runs.run('list', ['list', '-mod=readonly', '-deps', ...packages]);
  progress.end(listing.failure === undefined ? 'done' : 'failed');
  if (listing.failure !== undefined) return listing.failure;
  const total = listing.lines();
  const folder = binaryCacheFolder(env);
  // Beside their places, so that the renames are atomic; the next build overwrites what a killed one left.
  const drafts = join(folder, '.building');
  await mkdir(drafts, { recursive: true });
  const compiled = runs.start('build', [
    'build',
    '-v',
    '-mod=readonly',
    '-trimpath',
    // Nobody debugs them: a twelfth of the compiler's time.
    '-gcflags=all=-dwarf=false',
    '-ldflags',
    linkerFlags(),
    '-o',
    drafts,
    ...packages,
  ]);
  progress.begin(`Building ${missing.join(', ')}`, () => `, ${Math.min(compiled.lines(), total)} of ${total} packages`);
  const failure = await compiled.ended;
  const ready = new Set(await readdir(drafts));
  for (const name of missing) {
    // What Go had ready before something else failed need not be built again.
    const draft = programOf(GO_PACKAGES[name]);
    if (ready.has(draft)) await rename(join(drafts, draft), join(folder, name));
  }
  await rm(drafts, { recursive: true, force: true });
  progress.end(failure === undefined ? 'done' : 'failed');
  return failure;
}

/** The name that Go gives to the program of a package: its last word, but for a major version. */
function programOf(path: string): string {
  return basename(path.replace(/\/v\d+$/, ''));
}

function linkerFlags(): string {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split('.');
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `-X ${path}.gitVersion=${KUBERNETES_VERSION}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
  ]);
  return ['-s', '-w', ...stamps].join(' ');
}

function cannotGather(missing: readonly BinaryName[], env: Environment, cause: string): string {
  return [
    `The local control plane lacks ${missing.join(', ')}, and they can't be built here.`,
    `  ${cause}`,
    'Any one of these four ways provides them; each program is looked for singly:',
    '  1. Set KUBEBUILDER_ASSETS to a folder that holds them.',
    `  2. Put them into ${binaryCacheFolder(env)}`,
    '     (setup-envtest brings etcd, kube-apiserver and kubectl; the releases of Kubernetes and kwok have the others).',
    `  3. Put Go ${LEAST_GO.major}.${LEAST_GO.minor} or newer on the PATH, with network access to a Go module proxy, and run this again.`,
    '  4. Set SLUICE_CONTROL_PLANE=download for those of Kubernetes, with SLUICE_CONTROL_PLANE_SUMS for all (README.md).',
  ].join('\n');
}
