import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { METRIC_TABLE } from '../../../src/adapters/metric-table.ts';
import { objectAt, stringAt, textOf } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { ROOT } from '../../../tools/run-node.ts';
import { matches, namespaceOf, objectsAt, titleOf } from './objects.ts';
import type { InstalledObjects } from './objects.ts';

/** A ServiceMonitor finds one Service, which leads to the pods of all Deployments, by a port of that Service. */
export function monitorEnds(all: InstalledObjects): readonly string[] {
  return all.of('ServiceMonitor').flatMap((monitor) => {
    const wanted = objectAt(monitor, 'spec', 'selector', 'matchLabels');
    const services = all
      .of('Service')
      .filter((one) => namespaceOf(one) === namespaceOf(monitor))
      .filter((one) => matches(wanted, objectAt(one, 'metadata', 'labels')));
    const read = services.flatMap((one) => all.running(objectAt(one, 'spec', 'selector'), namespaceOf(one)));
    const ports = services.flatMap((one) => objectsAt(one, 'spec', 'ports').map((port) => textOf(port['name'])));
    return [
      ...(services.length === 1 ? [] : [`finds ${services.length} Services`]),
      ...objectsAt(monitor, 'spec', 'endpoints')
        .map((endpoint) => textOf(endpoint['port']))
        .filter((port) => !ports.includes(port))
        .map((port) => `reads the port ${port}, which the Service does not have`),
      ...all
        .of('Deployment')
        .filter((one) => !read.includes(one))
        .map((one) => `does not read ${titleOf(one)}`),
    ].map((end) => `${titleOf(monitor)} ${end}`);
  });
}

/** Alerts and the dashboard ask for metrics that are made, and each alert has a page. */
export function alertEnds(all: InstalledObjects): readonly string[] {
  const rules = all
    .of('PrometheusRule')
    .flatMap((one) => objectsAt(one, 'spec', 'groups'))
    .flatMap((group) => objectsAt(group, 'rules'));
  const dashboards = all
    .of('ConfigMap')
    .filter((one) => textOf(objectAt(one, 'metadata', 'labels')['grafana_dashboard']) === '1')
    .flatMap((one) => Object.entries(objectAt(one, 'data')));
  return [
    ...rules.flatMap((rule) => [...metricEnds(textOf(rule['alert']), textOf(rule['expr'])), ...pageEnds(rule)]),
    ...dashboards.flatMap(([name, text]) => metricEnds(name, textOf(text))),
  ];
}

function metricEnds(name: string, text: string): readonly string[] {
  const asked = text.match(/\b(?:sluice|volcano)_[a-z0-9_]+/g) ?? [];
  if (asked.length === 0) return [`${name} asks for no metric`];
  const known = METRIC_TABLE.flatMap((row) =>
    row.kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => row.name + part) : [row.name],
  );
  return asked.filter((one) => !known.includes(one)).map((one) => `${name} asks for ${one}, which is no metric`);
}

function pageEnds(rule: JsonObject): readonly string[] {
  const link = stringAt(rule, ['annotations', 'runbook_url']);
  const isThere = existsSync(join(ROOT, 'docs/runbooks', basename(link)));
  return isThere ? [] : [`${textOf(rule['alert'])} leads to ${link}, which is no page`];
}
