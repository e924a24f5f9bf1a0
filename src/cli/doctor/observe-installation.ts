import { Command } from 'commander';
import { accountReview, describeAccess } from '../../api/access.ts';
import { DEPLOYMENTS, ENDPOINT_SLICES, FLOW_SCHEMAS, SUBJECT_ACCESS_REVIEWS } from '../../api/resources.ts';
import { arrayAt, memberAt, stringAt, textOf } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { unread } from '../cluster/look.ts';
import type { Look } from '../cluster/look.ts';
import { accessQuestions } from '../serve/preflight.ts';
import { serveCommand } from '../serve/serve-command.ts';
import { readServeOptions } from '../serve/serve-options.ts';
import type { RawServeOptions, ServeOptions } from '../serve/serve-options.ts';
import type { ConfigurationFact, DeploymentFact, InstallationFact, Read } from './facts.ts';

const NAME_LABEL = 'app.kubernetes.io/name';
const SERVICE_LABEL = 'kubernetes.io/service-name';
const NAME = 'sluice';

/** What of Sluice runs in the cluster, and what stands around it. */
export async function observeInstallation(
  look: Look,
  configurations: Read<readonly ConfigurationFact[]>,
): Promise<Read<InstallationFact>> {
  const deployments = await look.list(DEPLOYMENTS);
  if (deployments.kind === 'unread') return deployments;
  const own = deployments.value.filter((one) => stringAt(one, ['metadata', 'labels', NAME_LABEL]) === NAME);
  const [facts, deadServices, flowSchema] = await Promise.all([
    Promise.all(own.map((object) => deploymentFact(look, object))),
    servicesToNobody(look, configurations),
    look.object(FLOW_SCHEMAS, NAME, ''),
  ]);
  const hasFlowSchema = flowSchema.kind === 'unread' || flowSchema.value !== undefined;
  return { kind: 'read', value: { deployments: facts, deadServices, hasFlowSchema } };
}

async function deploymentFact(look: Look, object: JsonObject): Promise<DeploymentFact> {
  const spec = memberAt(object, 'spec', 'template', 'spec');
  const namespace = stringAt(object, ['metadata', 'namespace']);
  const account = stringAt(spec, ['serviceAccountName']);
  const options = optionsOf(arrayAt(arrayAt(spec, 'containers')[0], 'args').map(textOf));
  const lacks =
    options === undefined
      ? ({ kind: 'unread', why: 'its command line is not one of this release' } as const)
      : await lackedBy(look, { namespace, name: account }, options);
  return { object, namespace, account, writes: options?.isReadOnly !== true, lacks };
}

/** The options of `sluice serve`; undefined where this release does not take them. */
function optionsOf(words: readonly string[]): ServeOptions | undefined {
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  const program = new Command('sluice').exitOverride().configureOutput(silent);
  const command = serveCommand(program);
  try {
    program.parse(words, { from: 'user' });
  } catch {
    return undefined;
  }
  const options = readServeOptions(command.opts<RawServeOptions>());
  return typeof options === 'string' ? undefined : options;
}

/** Asks the API server of each right; nobody's right but that of who asks is used. */
async function lackedBy(
  look: Look,
  account: { readonly namespace: string; readonly name: string },
  options: ServeOptions,
): Promise<Read<readonly string[]>> {
  const lacked: string[] = [];
  const answers = await Promise.all(
    accessQuestions(options).map(async ({ check, namespace }) => {
      const body = accountReview(account, check, namespace);
      const outcome = await look.send({ verb: 'create', type: SUBJECT_ACCESS_REVIEWS, namespace: '', name: '', body });
      if (outcome.kind !== 'done') return outcome;
      if (memberAt(outcome.object, 'status', 'allowed') !== true) lacked.push(describeAccess(check, namespace));
      return undefined;
    }),
  );
  const failed = answers.find((outcome) => outcome !== undefined);
  return failed === undefined ? { kind: 'read', value: lacked.toSorted() } : unread(failed);
}

/** `namespace/name` of Services that reviews go to and that have no ready endpoint. */
async function servicesToNobody(
  look: Look,
  configurations: Read<readonly ConfigurationFact[]>,
): Promise<readonly string[]> {
  const all = configurations.kind === 'read' ? configurations.value : [];
  const named = new Set(
    all
      .filter(({ object }) => stringAt(object, ['metadata', 'name']) === NAME)
      .flatMap(({ object }) => arrayAt(object, 'webhooks'))
      .map((entry) => memberAt(entry, 'clientConfig', 'service'))
      .filter((service) => service !== undefined)
      .map((service) => `${stringAt(service, ['namespace'])}/${stringAt(service, ['name'])}`),
  );
  const dead: string[] = [];
  for (const key of named) {
    const [namespace = '', name = ''] = key.split('/');
    const slices = await look.list(ENDPOINT_SLICES, namespace);
    if (slices.kind === 'read' && !slices.value.some((slice) => leadsFrom(name, slice))) dead.push(key);
  }
  return dead;
}

function leadsFrom(service: string, slice: JsonObject): boolean {
  return (
    stringAt(slice, ['metadata', 'labels', SERVICE_LABEL]) === service &&
    arrayAt(slice, 'endpoints').some((endpoint) => memberAt(endpoint, 'conditions', 'ready') === true)
  );
}
