import { isOwnConfiguration } from '../../../webhooks/configurations.ts';
import { arrayAt, isJsonObject, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ConfigurationFact } from '../doctor/facts.ts';

/** The Deployments of Volcano's chart that Sluice stands in for: how each ends its name, its label and its image. */
const COMPONENTS = [
  { component: 'scheduler', app: 'volcano-scheduler', image: 'vc-scheduler' },
  { component: 'controllers', app: 'volcano-controller', image: 'vc-controller-manager' },
  { component: 'admission', app: 'volcano-admission', image: 'vc-webhook-manager' },
] as const;

/** A part of Volcano that runs as a Deployment. */
export type Component = (typeof COMPONENTS)[number]['component'];

/** One installation of Volcano. */
export interface Release {
  /** Of the Helm release. */
  readonly name: string;
  readonly namespace: string;
  readonly deployments: ReadonlyMap<Component, JsonObject>;
}

/**
 * Every installation of Volcano, by its Deployments. Where there are none, by the Services that webhook configurations lead to: such
 * are left when an installation went only half.
 */
export function releasesOf(
  deployments: readonly JsonObject[],
  configurations: readonly ConfigurationFact[],
): readonly Release[] {
  const running = releasesOfDeployments(deployments);
  return running.length > 0 ? running : releasesAsked(configurations);
}

function releasesOfDeployments(deployments: readonly JsonObject[]): readonly Release[] {
  const parts = deployments.flatMap((object) => {
    const part = partOf(object);
    return part === undefined ? [] : [part];
  });
  const grouped = Map.groupBy(parts, ({ namespace, release }) => `${namespace}/${release}`);
  return [...grouped.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const found = new Map(members.map(({ component, object }) => [component, object]));
    return [{ name: first.release, namespace: first.namespace, deployments: found }];
  });
}

function releasesAsked(configurations: readonly ConfigurationFact[]): readonly Release[] {
  const places = new Map<string, Release>();
  for (const { namespace, release } of configurations.flatMap(({ object }) => askedIn(object)))
    places.set(`${namespace}/${release}`, { name: release, namespace, deployments: new Map() });
  return [...places.values()];
}

/** Releases of Volcano whose Service a webhook configuration leads to; none for one that is ours. */
export function askedIn(object: JsonObject): readonly { readonly namespace: string; readonly release: string }[] {
  if (isOwnConfiguration(object)) return [];
  return arrayAt(object, 'webhooks')
    .filter((one) => stringAt(one, ['name']).endsWith('.volcano.sh'))
    .flatMap((one) => {
      const [, release] = SERVICE.exec(stringAt(one, ['clientConfig', 'service', 'name'])) ?? [];
      const namespace = stringAt(one, ['clientConfig', 'service', 'namespace']);
      return release === undefined ? [] : [{ namespace, release }];
    });
}

const SERVICE = /^(.+)-admission-service$/;

/** Deployments of Volcano that Sluice has no counterpart of, such as the scheduler of agents. */
export function otherPrograms(deployments: readonly JsonObject[]): readonly JsonObject[] {
  return deployments.filter(
    (object) => partOf(object) === undefined && imagesOf(object).some((image) => image.startsWith('vc-')),
  );
}

interface Part {
  readonly component: Component;
  readonly release: string;
  readonly namespace: string;
  readonly object: JsonObject;
}

function partOf(object: JsonObject): Part | undefined {
  const name = stringAt(object, ['metadata', 'name']);
  const app = stringAt(object, ['spec', 'template', 'metadata', 'labels', 'app']);
  const found = COMPONENTS.find(
    (one) => name.endsWith(`-${one.component}`) && (app === one.app || imagesOf(object).includes(one.image)),
  );
  if (found === undefined) return undefined;
  const release = name.slice(0, -found.component.length - 1);
  return { component: found.component, release, namespace: stringAt(object, ['metadata', 'namespace']), object };
}

/** Names of images, without registry and tag. */
function imagesOf(object: JsonObject): readonly string[] {
  return containersOf(object).map((one) =>
    stringAt(one, ['image'])
      .replace(/^.*\//, '')
      .replace(/[:@].*$/, ''),
  );
}

/** Flags of all containers: the value by the name without dashes, empty where a flag has none. */
export function flagsOf(object: JsonObject | undefined): readonly (readonly [name: string, value: string])[] {
  const words = containersOf(object).flatMap((one) => [...arrayAt(one, 'command'), ...arrayAt(one, 'args')]);
  // The chart has some components begin with a shell: its line holds the flags.
  const text = words.filter((word) => typeof word === 'string').join(' ');
  return [...text.matchAll(/(?:^|\s)--([a-z][a-z0-9-]*)(?:[=\s](?!-)(\S+))?/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
}

function containersOf(object: JsonObject | undefined): readonly JsonObject[] {
  return arrayAt(object, 'spec', 'template', 'spec', 'containers').filter(isJsonObject);
}
