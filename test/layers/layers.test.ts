import { expect } from 'chai';
import { checkLayers } from '../../tools/check-layers.ts';
import type { LayerReport } from '../../tools/check-layers.ts';
import { checkSource } from '../../tools/check-source.ts';
import { edge, LAYERS } from '../../tools/layer-matrix.ts';
import { HOT_KERNELS } from '../../tools/lint/rules.ts';
import { ambientPlants } from './ambient-plants.ts';
import { edgePlants } from './edge-plants.ts';
import { housePlants, modelCirclePlants } from './house-plants.ts';
import type { Plant } from './plant.ts';
import { makeSkeleton } from './skeleton.ts';
import type { Skeleton } from './skeleton.ts';

/** The law once more, by hand: loosening the matrix has to be written down twice. A trailing `?` means types only. */
const LAW = `
lib:
cel: lib
api: lib cel
config: lib api
scheduler: lib api config?
controllers: lib api
webhooks: lib api cel
certs: lib
engine: lib api config scheduler controllers webhooks
sim: lib api config scheduler controllers webhooks engine
adapters: lib api config webhooks certs engine
cli: lib api config scheduler controllers webhooks cel certs engine sim adapters
`;

/** The linter's rules that speak of layers; the others have no say about an edge or an ambient use. */
const LAYER_RULES = new Set(['no-restricted-imports', 'no-restricted-globals', 'no-restricted-properties']);

describe('the layer law', () => {
  const houses = housePlants();
  const plants: readonly Plant[] = [...edgePlants(), ...ambientPlants(), ...houses, ...modelCirclePlants()];
  const lawful = [...edgePlants(), ...ambientPlants(), ...modelCirclePlants()];
  let skeleton: Skeleton;
  let linted: ReadonlyMap<string, ReadonlySet<string>>;
  let graph: LayerReport;
  let sourceProblems: ReadonlySet<string>;

  before(async () => {
    skeleton = await makeSkeleton(plants);
    linted = await skeleton.lint();
    graph = await checkLayers(skeleton.root);
    sourceProblems = new Set((await checkSource(skeleton.root)).problems.map((problem) => problem.split(':')[0] ?? ''));
  });

  after(() => skeleton.remove());

  it('is the table of the design', () => {
    const rows = LAYERS.map((layer) => {
      const open = LAYERS.filter((other) => other !== layer && edge(layer, other) !== 'forbidden');
      return `${layer.name}: ${open.map((other) => other.name + (edge(layer, other) === 'type' ? '?' : '')).join(' ')}`.trim();
    });
    const wanted = LAW.trim().split('\n').map(sortedRow);
    expect(rows.map(sortedRow)).to.deep.equal(wanted);
  });

  it('plants each file once', () => {
    expect(new Set(plants.map((plant) => plant.path)).size).to.equal(plants.length);
  });

  it('is caught by the linter wherever it is broken', () => {
    expect(escapees(lawful, 'linter', (path) => hasLayerRule(linted.get(path)))).to.deep.equal([]);
  });

  it('is not seen broken by the linter where it is kept', () => {
    expect(falseAlarms(lawful, 'linter', (path) => hasLayerRule(linted.get(path)))).to.deep.equal([]);
  });

  it('is caught in the import graph wherever it is broken', () => {
    const broken = new Set(graph.violations.map((violation) => violation.from));
    expect(escapees(plants, 'graph', (path) => broken.has(path))).to.deep.equal([]);
  });

  it('is not seen broken in the import graph where it is kept', () => {
    const broken = new Set(graph.violations.map((violation) => violation.from));
    expect(falseAlarms(plants, 'graph', (path) => broken.has(path))).to.deep.equal([]);
  });

  it('has its hidden ambient uses caught in the text, and only those', () => {
    expect(escapees(lawful, 'source', (path) => sourceProblems.has(path))).to.deep.equal([]);
    expect(falseAlarms(lawful, 'source', (path) => sourceProblems.has(path))).to.deep.equal([]);
  });

  it('is checked over every file', () => {
    expect(graph.unread).to.deep.equal([]);
    expect(graph.fileCount).to.be.at.least(plants.length);
  });

  it('is reported as unchecked when the cruiser passes over TypeScript', async () => {
    await skeleton.blindCruiser();
    const blind = await checkLayers(skeleton.root);
    expect(blind.violations).to.deep.equal([]);
    expect(blind.unread.length).to.equal(blind.fileCount);
  });

  for (const { path, rule } of houses) {
    it(`has the house rule ${rule} fail on ${path}`, () => {
      expect([...(linted.get(path) ?? [])]).to.include(rule);
    });
  }

  it('names at most five hot kernels, each with a reason', () => {
    expect(HOT_KERNELS.length).to.be.at.most(5);
    for (const kernel of HOT_KERNELS) expect(kernel.reason, kernel.file).to.match(/\w+ \w+/);
  });
});

type Tool = 'linter' | 'graph' | 'source';

function escapees(plants: readonly Plant[], tool: Tool, isCaught: (path: string) => boolean): readonly string[] {
  return plants
    .filter((plant) => plant[tool] === 'refuses' && !isCaught(plant.path))
    .map(({ what, path }) => `${what} (${path})`);
}

function falseAlarms(plants: readonly Plant[], tool: Tool, isCaught: (path: string) => boolean): readonly string[] {
  return plants
    .filter((plant) => plant[tool] === 'accepts' && isCaught(plant.path))
    .map(({ what, path }) => `${what} (${path})`);
}

function hasLayerRule(rules: ReadonlySet<string> | undefined): boolean {
  return [...(rules ?? [])].some((rule) => LAYER_RULES.has(rule));
}

function sortedRow(row: string): string {
  const [name, rest = ''] = row.split(':');
  return `${name}: ${rest.trim().split(' ').toSorted().join(' ')}`;
}
