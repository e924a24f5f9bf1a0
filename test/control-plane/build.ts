import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BINARY_NAMES, GO_PACKAGES, KUBERNETES_VERSION } from './binary.ts';
import type { Binaries, BinaryName } from './binary.ts';
import { takeBuildLock } from './build-lock.ts';
import { goEnvironment, goVersion, LEAST_GO } from './go-toolchain.ts';
import { startGuardian } from './guardian.ts';
import type { Guardian } from './guardian.ts';
import { binaryCacheFolder, cacheFolder, locateBinaries } from './locate.ts';
import type { Environment } from './locate.ts';
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
    if (missing.length > 0) await buildBinaries(worthBuilding(missing, env), env, progress);
  } finally {
    await lock.release();
  }
  return locateBinaries(names, env).found;
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
    for (const [index, name] of missing.entries()) {
      progress.begin(`Building ${name} (${index + 1} of ${missing.length})`);
      const failure = await buildOne(guardian, name, goEnv, binaryCacheFolder(env));
      progress.end(failure === undefined ? 'done' : 'failed');
      if (failure !== undefined) throw new Error(cannotGather(missing.slice(index), env, failure));
    }
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

/** Undefined when the program was built, else what Go said. */
async function buildOne(
  guardian: Guardian,
  name: BinaryName,
  env: NodeJS.ProcessEnv,
  folder: string,
): Promise<string | undefined> {
  // Beside its place, so that the rename is atomic; the next build overwrites what a killed one left.
  const draft = join(folder, `.${name}.building`);
  const logPath = join(guardian.dir, `${name}.log`);
  const args = ['build', '-mod=readonly', '-trimpath', '-ldflags', linkerFlags(), '-o', draft, GO_PACKAGES[name]];
  const go = guardian.start({ name, file: 'go', args, logPath, cwd: MODULE_FOLDER, env });
  go.hold();
  const end = await go.ended;
  if (end !== 'exited with code 0') {
    await rm(draft, { force: true });
    const log = (await readFile(logPath, 'utf8').catch(() => '')).trim().split('\n');
    return [`go build of ${name} ${end}`, ...log.slice(-8)].join('\n    ');
  }
  await rename(draft, join(folder, name));
  return undefined;
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
    'Any one of these three ways provides them; each program is looked for singly:',
    '  1. Set KUBEBUILDER_ASSETS to a folder that holds them.',
    `  2. Put them into ${binaryCacheFolder(env)}`,
    '     (setup-envtest brings etcd, kube-apiserver and kubectl; the releases of Kubernetes and kwok have the others).',
    `  3. Put Go ${LEAST_GO.major}.${LEAST_GO.minor} or newer on the PATH, with network access to a Go module proxy, and run this again.`,
  ].join('\n');
}
