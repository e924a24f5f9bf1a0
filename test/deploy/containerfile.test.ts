import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { arrayAt, isJsonObject, memberAt, textOf } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { ROOT } from '../../tools/run-node.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { InstalledObjects, containersOf, objectsAt } from '../support/installation/objects.ts';
import { readContainerfile, sourceFiles, wordsOf } from './support/containerfile.ts';
import type { Containerfile, Stage } from './support/containerfile.ts';

/** What lies in a checkout that somebody works in, and is no part of what is built. */
const LEFT_BEHIND = [
  '.git/HEAD',
  'node_modules/chai/package.json',
  'dist/package.json',
  '.cache/x',
  '.sluice/kubeconfig',
];
/** What `npm ci` and `npm run build` read. */
const NEEDED = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.build.json',
  'tools/build.ts',
  'bin/sluice.js',
];

describe("the Containerfile, as BuildKit's parser reads it", function () {
  this.timeout(300_000);
  let file: Containerfile;
  let last: Stage | undefined;
  let deployments: readonly JsonObject[];

  before(async function () {
    const sources = await sourceFiles();
    await installOrSkip(this, async () => {
      file = await readContainerfile([...sources, ...LEFT_BEHIND]);
    });
    last = file.stages.at(-1);
    const text = await readFile(join(ROOT, 'manifests/install.yaml'), 'utf8');
    const objects = parseAllDocuments(text).map((one): unknown => one.toJS());
    deployments = new InstalledObjects(objects.filter(isJsonObject)).of('Deployment');
  });

  it('has nothing that its linter warns of', () => {
    expect(file.warnings).to.deep.equal([]);
  });

  it('begins each stage with the Node that the package is tested with', async () => {
    const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    for (const { base } of file.stages) expect(base).to.equal('${NODE_IMAGE}');
    const [major] = devDependencies['node']?.split('.') ?? [];
    expect(file.args['NODE_IMAGE']).to.match(new RegExp(`^node:${major}-`));
    expect(file.stages.map(({ platform }) => platform)).to.deep.equal(['$BUILDPLATFORM', '']);
  });

  it('copies what is there: files of the context, and what an earlier stage has made', () => {
    const earlier: string[] = [];
    for (const { name, commands } of file.stages) {
      for (const { words, from } of commands.filter((one) => one.name === 'COPY')) {
        const sources = words.slice(0, -1);
        if (from !== undefined) expect(earlier).to.include(from);
        else
          for (const source of sources)
            expect(
              file.context.some((path) => isBelow(path, source)),
              source,
            ).to.equal(true);
      }
      earlier.push(name);
    }
  });

  it('has a context with all that the build reads, and without what it makes', async () => {
    expect(file.context).to.include.members(NEEDED);
    for (const path of LEFT_BEHIND) expect(file.context).to.not.include(path);
    const [ignored, same] = await Promise.all(
      ['Containerfile.dockerignore', '.containerignore'].map((name) => readFile(join(ROOT, name), 'utf8')),
    );
    expect(same).to.equal(ignored);
  });

  it('runs as the user that the Deployments name, who is not root, and nothing is made after that', () => {
    const commands = last?.commands.map(({ name }) => name) ?? [];
    expect(commands.slice(commands.indexOf('USER'))).to.not.include.members(['RUN', 'COPY', 'ADD']);
    for (const deployment of deployments) {
      const context = memberAt(deployment, 'spec', 'template', 'spec', 'securityContext');
      const [user, group] = ['runAsUser', 'runAsGroup'].map((key) => memberAt(context, key));
      expect(wordsOf(last, 'USER')).to.deep.equal([`${textOf(user)}:${textOf(group)}`]);
      expect(user).to.not.equal(0);
    }
  });

  it('starts what the Deployments start, and says on which ports that listens', () => {
    const entry = last?.commands.find(({ name }) => name === 'ENTRYPOINT');
    expect(entry?.isShell).to.equal(false);
    const [, target = ''] = wordsOf(last, 'COPY');
    expect(entry?.words[1]).to.match(new RegExp(`^${target}/bin/`));
    const containers = deployments.flatMap(containersOf);
    expect(containers).to.have.length(2);
    for (const one of containers) expect(arrayAt(one, 'command')).to.deep.equal(entry?.words);
    const ports = containers.flatMap((one) => objectsAt(one, 'ports')).map((port) => textOf(port['containerPort']));
    expect(wordsOf(last, 'EXPOSE').toSorted()).to.deep.equal(ports.toSorted());
  });
});

function isBelow(path: string, source: string): boolean {
  return source === '.' || path === source || path.startsWith(`${source}/`);
}
