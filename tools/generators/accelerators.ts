import { CATALOGUE } from '../../src/api/accelerators/catalogue/table.ts';
import type { AcceleratorVendor, ClaimOffer, DeviceOffer } from '../../src/api/accelerators/catalogue/vendor.ts';

const INTRODUCTION = `# Catalogue of accelerators

What Sluice knows of vendors and their devices, to turn [a wish in words](../concepts/accelerators.md) into what their nodes understand. A \`*\` stands for a part of a name that a profile, or what nodes publish, fills. Memory is as sold; a
model that is not here is known as soon as a node has it.
This page is generated from \`src/api/accelerators/catalogue\` by \`npm run gen\`.
`;

/** `docs/reference/accelerators.md`: one section a vendor. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(
    new Map([['docs/reference/accelerators.md', [INTRODUCTION, ...CATALOGUE.map(section)].join('\n')]]),
  );
}

function section(vendor: AcceleratorVendor): string {
  const {
    name,
    deviceClass,
    offers,
    models,
    modelLabels,
    memoryLabels,
    topologyLabel,
    domainLabels = [],
    taints,
    runtimeClassName,
  } = vendor;
  const facts = [
    fact('tells the model', modelLabels.map(keyOf)),
    fact(
      'tells the memory',
      memoryLabels.map((label) => `${keyOf(label)} (${label.unit === 'Mi' ? 'MiB' : 'an amount'})`),
    ),
    fact('tells the topology', topologyLabel === undefined ? [] : [code(topologyLabel)]),
    fact('tells domains of links from node to node', domainLabels.map(code)),
    fact('is tolerated', taints.map(code)),
    fact('runtime class', runtimeClassName === undefined ? [] : [code(runtimeClassName)]),
    fact('models', models.map(modelText)),
  ].filter((line) => line !== '');
  const rows = offers.map((offer) => `| ${offer.stack} | ${GRAINS[offer.grain]} | ${resourcesOf(offer)} |`);
  const table = ['| published by | as | resources |', '| --- | --- | --- |', ...rows];
  return [`## ${name}: ${deviceClass}`, '', ...table, '', ...facts, ...(facts.length === 0 ? [] : [''])].join('\n');
}

const GRAINS: Readonly<Record<DeviceOffer['grain'], string>> = {
  whole: 'whole devices',
  profile: 'slices',
  replica: 'turns of a device',
  share: 'shares',
};

function resourcesOf({ resource, memory, cores, model, claim }: DeviceOffer): string {
  if (claim !== undefined) return classOf(claim);
  const names = [resource, memory, cores].filter((name) => name !== undefined).map(code);
  return `${names.join(', ')}${model === undefined ? '' : ` (${model})`}`;
}

/** Attributes and capacities that a wish is asked for by. */
function classOf({ className, kind, model, memory, compute, profile }: ClaimOffer): string {
  const names = [model, memory, compute, profile].filter((name) => name !== undefined).map(code);
  const only = kind === undefined ? '' : ` of \`${kind.attribute}\` ${code(kind.value)}`;
  return `DeviceClass ${code(className)}${only}${names.length === 0 ? '' : `, by ${names.join(', ')}`}`;
}

function modelText({ name, aliases = [], memoryMib }: AcceleratorVendor['models'][number]): string {
  const others = aliases.length === 0 ? '' : ` (${aliases.map(code).join(', ')})`;
  return `${code(name)}${others} ${memoryMib / 1024}Gi`;
}

function keyOf({ key, isInKey }: AcceleratorVendor['modelLabels'][number]): string {
  return code(isInKey === true ? `${key}<value>` : key);
}

function fact(name: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `- ${name}: ${values.join(', ')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
