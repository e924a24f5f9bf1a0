import { arrayAt, member, memberAt, objectAt, stringAt, textOf } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { INJECT_CA_FROM_ANNOTATION } from '../../../src/api/keys.ts';
import { containersOf, matches, nameOf, namespaceOf, objectsAt, podLabelsOf, portsOf, titleOf } from './objects.ts';
import type { InstalledObjects } from './objects.ts';

/** Each Deployment finds its own pods and no others; what these mount, probe and listen on is there. */
export function deploymentEnds(all: InstalledObjects): readonly string[] {
  return all.of('Deployment').flatMap((deployment) => {
    const found = all.running(objectAt(deployment, 'spec', 'selector', 'matchLabels'), namespaceOf(deployment));
    const ports = portsOf(deployment);
    const secrets = objectsAt(deployment, 'spec', 'template', 'spec', 'volumes').map((volume) =>
      stringAt(volume, ['secret', 'secretName']),
    );
    const volumes = objectsAt(deployment, 'spec', 'template', 'spec', 'volumes').map((one) => stringAt(one, ['name']));
    const mounted = containersOf(deployment).flatMap((one) => objectsAt(one, 'volumeMounts'));
    const probed = containersOf(deployment)
      .flatMap((one) => [member(one, 'livenessProbe'), member(one, 'readinessProbe')])
      .map((probe) => stringAt(probe, ['httpGet', 'port']));
    return [
      ...(found.length === 1 && found[0] === deployment ? [] : ['does not select its own pods alone']),
      ...probed.filter((port) => !ports.has(port)).map((port) => `probes the port ${port}, which it does not have`),
      ...secrets
        .filter((name) => name !== '' && !all.has('Secret', name, namespaceOf(deployment)))
        .map((name) => `mounts the Secret ${name}, which is not there`),
      ...mounted
        .filter((mount) => !volumes.includes(stringAt(mount, ['name'])))
        .map((mount) => `mounts ${stringAt(mount, ['name'])}, which is no volume`),
      ...flagEnds(deployment, ports),
    ].map((end) => `${titleOf(deployment)} ${end}`);
  });
}

/** What its command line says of ports and of its namespace is what the pod has. */
function flagEnds(deployment: JsonObject, ports: ReadonlyMap<string, unknown>): readonly string[] {
  return containersOf(deployment).flatMap((one) => {
    const words = arrayAt(one, 'args').map(textOf);
    const said = (flag: string): string => words[words.indexOf(`--${flag}`) + 1] ?? '';
    const home = namespaceOf(deployment);
    return [
      ...[...ports]
        .filter(([name, port]) => said(`${name}-port`) !== textOf(port as number))
        .map(([name]) => `listens on another port than its ${name}`),
      ...(said('namespace') === home ? [] : [`is told another namespace than ${home}`]),
    ];
  });
}

/** Services lead to pods, by ports that all of these have. */
export function serviceEnds(all: InstalledObjects): readonly string[] {
  return all.of('Service').flatMap((service) => {
    const pods = all.running(objectAt(service, 'spec', 'selector'), namespaceOf(service));
    const targets = objectsAt(service, 'spec', 'ports').map((port) => stringAt(port, ['targetPort']));
    const lacking = pods.flatMap((pod) => targets.filter((port) => !portsOf(pod).has(port)));
    return [
      ...(pods.length === 0 ? ['leads to nobody'] : []),
      ...lacking.map((port) => `leads to the port ${port}, which not all have`),
    ].map((end) => `${titleOf(service)} ${end}`);
  });
}

/** Each Deployment has one budget, and each budget one Deployment. */
export function budgetEnds(all: InstalledObjects): readonly string[] {
  const covered = all.of('PodDisruptionBudget').map((budget) => ({
    budget,
    pods: all.running(objectAt(budget, 'spec', 'selector', 'matchLabels'), namespaceOf(budget)),
  }));
  return [
    ...covered
      .filter(({ pods }) => pods.length !== 1)
      .map(({ budget, pods }) => `${titleOf(budget)} covers ${pods.length} Deployments`),
    ...all
      .of('Deployment')
      .map((deployment) => ({ deployment, count: covered.filter(({ pods }) => pods.includes(deployment)).length }))
      .filter(({ count }) => covered.length > 0 && count !== 1)
      .map(({ deployment, count }) => `${titleOf(deployment)} has ${count} budgets`),
  ];
}

/** Pods are spread among those of their own Deployment, since each of these is to outlive a node. */
export function spreadEnds(all: InstalledObjects): readonly string[] {
  return all.of('Deployment').flatMap((deployment) =>
    objectsAt(deployment, 'spec', 'template', 'spec', 'topologySpreadConstraints').flatMap((constraint) => {
      const own = podLabelsOf(deployment);
      const keys = arrayAt(constraint, 'matchLabelKeys').map(textOf);
      const copied = Object.fromEntries(keys.map((key) => [key, member(own, key) ?? '']));
      const found = all.running(
        { ...objectAt(constraint, 'labelSelector', 'matchLabels'), ...copied },
        namespaceOf(deployment),
      );
      if (found.length === 1 && found[0] === deployment) return [];
      return [`${titleOf(deployment)} is not spread over ${stringAt(constraint, ['topologyKey'])} by its own pods`];
    }),
  );
}

/** A NetworkPolicy lets in all that the pods listen on, and nothing else; no pod is without one. */
export function policyEnds(all: InstalledObjects): readonly string[] {
  const policies = all.of('NetworkPolicy');
  const selects = (policy: JsonObject, deployment: JsonObject): boolean =>
    matches(objectAt(policy, 'spec', 'podSelector', 'matchLabels'), podLabelsOf(deployment)) &&
    namespaceOf(policy) === namespaceOf(deployment);
  const missing = all
    .of('Deployment')
    .filter((deployment) => policies.length > 0 && !policies.some((policy) => selects(policy, deployment)))
    .map((deployment) => `${titleOf(deployment)} has no NetworkPolicy`);
  const ends = policies.flatMap((policy) => {
    const listened = all
      .of('Deployment')
      .filter((deployment) => selects(policy, deployment))
      .flatMap((deployment) => [...portsOf(deployment).keys()]);
    const open = objectsAt(policy, 'spec', 'ingress').flatMap((rule) =>
      objectsAt(rule, 'ports').map((port) => stringAt(port, ['port'])),
    );
    return [
      ...listened.filter((port) => !open.includes(port)).map((port) => `closes the port ${port}`),
      ...open.filter((port) => !listened.includes(port)).map((port) => `opens ${port}, on which nobody listens`),
    ].map((end) => `${titleOf(policy)} ${end}`);
  });
  return [...missing, ...ends];
}

/** Certificates have their Issuer, a Secret to be put into, and names of Services; and who is to be trusted by them is there. */
export function certificateEnds(all: InstalledObjects): readonly string[] {
  const services = all.of('Service').map((one) => `${nameOf(one)}.${namespaceOf(one)}.svc`);
  const ends = all.of('Certificate').flatMap((certificate) => {
    const at = namespaceOf(certificate);
    const [issuer, secret] = [['issuerRef', 'name'], ['secretName']].map((path) =>
      stringAt(certificate, ['spec', ...path]),
    );
    const names = arrayAt(certificate, 'spec', 'dnsNames').map(textOf);
    return [
      ...(all.has('Issuer', issuer ?? '', at) ? [] : [`is signed by ${issuer}, who is not there`]),
      ...(all.has('Secret', secret ?? '', at) ? [] : [`goes to the Secret ${secret}, which is not there`]),
      ...names
        .filter((name) => !services.some((one) => name === one || name.startsWith(`${one}.`)))
        .map((name) => `is for ${name}, which is no Service`),
    ].map((end) => `${titleOf(certificate)} ${end}`);
  });
  const injected = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']
    .flatMap((kind) => all.of(kind))
    .map((object) => ({
      object,
      from: textOf(memberAt(object, 'metadata', 'annotations', INJECT_CA_FROM_ANNOTATION)),
    }))
    .filter(({ from }) => from !== '' && !all.has('Certificate', from.split('/')[1] ?? '', from.split('/')[0]))
    .map(({ object, from }) => `${titleOf(object)} trusts the Certificate ${from}, which is not there`);
  return [...ends, ...injected];
}
