import { join } from 'node:path';
import { install, installedIn } from './installation.ts';

/** The folder of an environment of its own that holds these packages of PyPI, each at an exact version: `torchx==0.7.0`. */
export function pythonEnvironment(name: string, packages: readonly string[]): Promise<string> {
  return installedIn(name, async (folder) => {
    await install({ what: name, file: 'python3', args: ['-m', 'venv', folder] });
    const args = ['install', '--quiet', '--disable-pip-version-check', ...packages];
    await install({ what: packages.join(' '), file: join(folder, 'bin/pip'), args });
  });
}
