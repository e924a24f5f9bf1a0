import { arrayAt, member, memberAt, numberAt, objectAt, stringAt, textOf } from '../../lib/json.ts';
import type { JsonValue } from '../../lib/json.ts';
import { goTime } from './go-time.ts';

const STATUS_COUNTS: readonly (readonly [title: string, member: string])[] = [
  ['Succeeded:    ', 'succeeded'],
  ['Pending:      ', 'pending'],
  ['Running:      ', 'running'],
  ['Failed:       ', 'failed'],
  ['Terminating:  ', 'terminating'],
  ['Unknown:      ', 'unknown'],
  ['RetryCount:   ', 'retryCount'],
  ['Min Available:', 'minAvailable'],
  ['Version:      ', 'version'],
];

/** What `vcctl job view` tells of a job, line by line. */
export function jobView(job: JsonValue): readonly string[] {
  return [...headLines(job), ...metadataLines(job), ...specLines(job), ...statusLines(job)];
}

function headLines(job: JsonValue): readonly string[] {
  return [
    `Name:       \t${stringAt(job, ['metadata', 'name'])}`,
    `Namespace:  \t${stringAt(job, ['metadata', 'namespace'])}`,
    `Labels:     \t${pairs(job, 'labels')}`,
    `Annotations:\t${pairs(job, 'annotations')}`,
    `API Version:\t${stringAt(job, ['apiVersion'])}`,
    `Kind:       \t${stringAt(job, ['kind'])}`,
  ];
}

function metadataLines(job: JsonValue): readonly string[] {
  const of = (name: string): string => stringAt(job, ['metadata', name]);
  return [
    'Metadata:',
    `  Creation Timestamp:\t${goTime(of('creationTimestamp'))}`,
    `  Generate Name:     \t${of('generateName')}`,
    `  Generation:        \t${numberAt(job, ['metadata', 'generation'], 0)}`,
    `  Resource Version:  \t${of('resourceVersion')}`,
    '  Self Link:         \t',
    `  UID:               \t${of('uid')}`,
  ];
}

function specLines(job: JsonValue): readonly string[] {
  return [
    'Spec:',
    `  Min Available:     \t${numberAt(job, ['spec', 'minAvailable'], 0)}`,
    '  Plugins:',
    ...Object.entries(objectAt(job, 'spec', 'plugins')).map(([name, args]) => `    ${title(name)}:\t${list(args)}`),
    `  Scheduler Name:    \t${stringAt(job, ['spec', 'schedulerName'])}`,
    '  Tasks:',
    ...arrayAt(job, 'spec', 'tasks').flatMap(taskLines),
  ];
}

function taskLines(task: JsonValue): readonly string[] {
  const spec = objectAt(task, 'template', 'spec');
  const secrets = arrayAt(spec, 'imagePullSecrets').map(
    (secret) => `          Name:     \t${stringAt(secret, ['name'])}`,
  );
  return [
    `    Name:\t${stringAt(task, ['name'])}`,
    `    Replicas:\t${numberAt(task, ['replicas'], 0)}`,
    '    Template:',
    '      Metadata:',
    `        Annotations:\t${pairs(member(task, 'template') ?? null, 'annotations')}`,
    '      Spec:',
    '        Containers:',
    ...arrayAt(spec, 'containers').flatMap(containerLines),
    '        Image Pull Secrets:',
    ...secrets,
    `        Restart Policy:   \t${stringAt(spec, ['restartPolicy'])}`,
  ];
}

function containerLines(container: JsonValue): readonly string[] {
  const ports = arrayAt(container, 'ports').flatMap((port) => [
    `            Container Port:\t${numberAt(port, ['containerPort'], 0)}`,
    `            Name:          \t${stringAt(port, ['name'])}`,
  ]);
  return [
    '          Command:',
    ...arrayAt(container, 'command').map((word) => `            ${textOf(word)}`),
    `          Image:\t${stringAt(container, ['image'])}`,
    `          Name: \t${stringAt(container, ['name'])}`,
    '          Ports:',
    ...ports,
    '          Resources:',
    ...resourceLines('Limits', member(container, 'resources') ?? null, 'limits'),
    ...resourceLines('Requests', member(container, 'resources') ?? null, 'requests'),
    `          Working Dir:\t${stringAt(container, ['workingDir'])}`,
  ];
}

function resourceLines(head: string, resources: JsonValue, name: string): readonly string[] {
  const amount = (resource: string): string => textOf(memberAt(resources, name, resource) ?? '0');
  return [
    `            ${head}:`,
    `              Cpu:   \t${amount('cpu')}`,
    `              Memory:\t${amount('memory')}`,
    ...Object.keys(objectAt(resources, name))
      .filter((resource) => resource !== 'cpu' && resource !== 'memory')
      .map((resource) => `              ${resource}:\t${amount(resource)}`),
  ];
}

function statusLines(job: JsonValue): readonly string[] {
  const counts = STATUS_COUNTS.map(([head, name]) => [head, numberAt(job, ['status', name], 0)] as const);
  const controlled = Object.entries(objectAt(job, 'status', 'controlledResources'));
  const conditions = arrayAt(job, 'status', 'conditions');
  return [
    'Status:',
    ...counts.filter(([, count]) => count > 0).map(([head, count]) => `  ${head}\t${count}`),
    '  State:',
    `    Phase:\t${stringAt(job, ['status', 'state', 'phase'])}`,
    ...(controlled.length > 0 ? ['  Controlled Resources:'] : []),
    ...controlled.map(([key, value]) => `    ${key}: \t${textOf(value)}`),
    ...(conditions.length > 0 ? ['  Conditions:', '    Status\tTransitionTime'] : []),
    ...conditions.map((one) => `    ${stringAt(one, ['status'])} \t${goTime(stringAt(one, ['lastTransitionTime']))} `),
  ];
}

function pairs(object: JsonValue, name: string): string {
  const found = objectAt(object, 'metadata', name);
  return Object.keys(found).length === 0 ? '<none>' : JSON.stringify(found);
}

function list(args: JsonValue): string {
  return `[${Array.isArray(args) ? args.map(textOf).join(' ') : ''}]`;
}

function title(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
