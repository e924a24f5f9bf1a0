import { GROUP_PLAN_ANNOTATION } from '../../api/keys.ts';
import type { JsonObject } from '../../lib/json.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import { policyContext } from '../../../webhooks/policies/read-context.ts';
import { readTemplateFacts } from '../../../webhooks/template-facts.ts';
import { differencesOf } from './differences.ts';
import { worst } from './finding.ts';
import type { ObjectReport, Outcome, PolicyFinding } from './finding.ts';
import { nameOf } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { offlineCluster } from './offline-cluster.ts';
import type { OfflineKinds } from './offline-rows.ts';
import type { OfflineCluster } from './offline-cluster.ts';
import { requestOf, reviewOffline } from './offline-review.ts';
import type { OfflineVerdict, OfflineWrite } from './offline-review.ts';
import type { OfflineUser } from './offline-user.ts';
import type { PolicyEntry } from './policy-book.ts';
import { hasTemplatesOfItsOwn, reviewedType, templatePath } from './reviewed-types.ts';
import { whyNot as clausesAgainst } from './why-not.ts';

/** All that a review can depend on beside what is written. */
export interface OfflineWorld {
  /** Queues, namespaces, priority classes and the like. */
  readonly context: readonly JsonObject[];
  /** In the order in which they decide. */
  readonly policies: readonly PolicyEntry[];
  readonly user: OfflineUser;
  readonly kinds: OfflineKinds;
}

/** What the policies mean for one object: one review with none of them, and one more for each that is for it. */
export async function reportObject(
  manifest: Manifest,
  world: OfflineWorld,
  oldObject?: JsonObject,
): Promise<ObjectReport> {
  const type = reviewedType(manifest.object, world.kinds);
  if (type === undefined) return skipped(manifest, 'no rule looks at objects of this kind');
  const write: OfflineWrite = { type, object: manifest.object, oldObject, user: world.user };
  const { verdict, findings } = await walk(write, world);
  const again = await review({ ...write, object: verdict.object }, world, world.policies);
  const unsettled = verdict.denial === undefined && again.patch.length > 0;
  const outcome = unsettled ? 'error' : outcomeOf(verdict);
  return {
    ...headOf(manifest),
    outcome: worst([outcome, ...findings.map((finding) => finding.outcome).filter((one) => one === 'error')]),
    findings: unsettled ? [...findings, unsettledFinding(again)] : findings,
    result: verdict.denial === undefined ? verdict.object : manifest.object,
    patch: verdict.denial === undefined ? verdict.patch : [],
  };
}

interface Walked {
  readonly verdict: OfflineVerdict;
  readonly findings: readonly PolicyFinding[];
}

/** Adds one policy after the other, in their order: what becomes another is what the last one does. */
async function walk(write: OfflineWrite, world: OfflineWorld): Promise<Walked> {
  const cluster = offlineCluster(world.context, [namespaceOf(write)], world.kinds);
  let verdict = await review(write, world, []);
  const findings: PolicyFinding[] = [findingOf('', undefined, verdict, write.object)];
  for (const [index, policy] of world.policies.entries()) {
    const { id } = policy.policy;
    const reasons = verdict.rows.length === 0 ? verdict.notAsked : whyNot(policy, write, cluster, world.kinds);
    if (reasons.length > 0 || verdict.rows.length === 0) {
      findings.push({ policy: id, outcome: 'none', reasons, changes: [], messages: [] });
      continue;
    }
    const next = await review(write, world, world.policies.slice(0, index + 1));
    const finding = findingOf(id, verdict, next, verdict.object);
    findings.push(isIdle(finding) && hasTemplatesOfItsOwn(write.type, world.kinds) ? forNoTemplate(finding) : finding);
    verdict = next;
  }
  return { verdict, findings: verdict.denial === undefined ? findings.map(mended) : findings };
}

/** A refusal that the policies after it make good is none. */
function mended(finding: PolicyFinding): PolicyFinding {
  if (finding.outcome !== 'fail') return finding;
  return {
    ...finding,
    outcome: 'pass',
    messages: finding.messages.map((message) => `without what follows: ${message}`),
  };
}

function isIdle({ outcome, changes, messages }: PolicyFinding): boolean {
  return outcome === 'pass' && changes.length + messages.length === 0;
}

function forNoTemplate(finding: PolicyFinding): PolicyFinding {
  return { ...finding, outcome: 'none', reasons: ['it is for none of the templates, or they have all that it sets'] };
}

/** Why the policy is not for the object; what it yields to others keeps it out altogether, or is told with what it does. */
function whyNot(
  { policy, conflicts }: PolicyEntry,
  write: OfflineWrite,
  { view }: OfflineCluster,
  kinds: OfflineKinds,
): readonly string[] {
  const blocked = conflicts.filter(({ effect }) => effect === 'blocked').map(({ message }) => message);
  const path = templatePath(write.type);
  const template = path.length === 0 ? write.object : objectAt(write.object, ...path);
  const facts = readTemplateFacts(template, path.length === 0 ? '' : 'spec.template.');
  if (hasTemplatesOfItsOwn(write.type, kinds)) return blocked;
  return [...blocked, ...clausesAgainst(policy, policyContext(requestOf(write), facts, view))];
}

function review(
  write: OfflineWrite,
  { context, kinds }: OfflineWorld,
  policies: readonly PolicyEntry[],
): Promise<OfflineVerdict> {
  const objects = [...context, ...policies.map(({ manifest }) => manifest.object)];
  return reviewOffline(write, offlineCluster(objects, [namespaceOf(write)], kinds));
}

function namespaceOf({ object }: OfflineWrite): string {
  return stringAt(object, ['metadata', 'namespace']);
}

function findingOf(
  policy: string,
  before: OfflineVerdict | undefined,
  after: OfflineVerdict,
  object: JsonObject,
): PolicyFinding {
  if (before?.denial !== undefined && after.denial?.message === before.denial.message) {
    return { policy, outcome: 'none', reasons: ['the object is refused before'], changes: [], messages: [] };
  }
  const warnings = after.warnings.filter(
    (warning) => before?.warnings.includes(warning) !== true && !isSummary(warning),
  );
  const unanswered = after.unanswered.filter((question) => before?.unanswered.includes(question) !== true);
  const { denial } = after;
  return {
    policy,
    outcome: outcomeOf({ ...after, warnings, unanswered }),
    reasons: [
      ...(before === undefined && after.rows.length === 0 ? after.notAsked : []),
      ...unanswered.map(cannotTell),
    ],
    changes: differencesOf(object, after.object).filter(({ path }) => path !== NAMES_IN_PLAN),
    messages: [...(denial === undefined ? [] : [denial.message]), ...warnings],
  };
}

function outcomeOf({ denial, warnings, unanswered, rows }: OfflineVerdict): Outcome {
  if (denial !== undefined) return denial.code >= 500 ? 'error' : 'fail';
  if (unanswered.length > 0) return 'skip';
  if (warnings.some((warning) => !isSummary(warning))) return 'warn';
  return rows.length === 0 ? 'none' : 'pass';
}

/** Which policies were for an object is what the report tells anyway. */
const NAMES_IN_PLAN = `metadata.annotations[${GROUP_PLAN_ANNOTATION}].policies`;

/** The line that tells people which policies were for their object: what it says is among the changes. */
function isSummary(warning: string): boolean {
  return /^(policy \S+|policies \S+(, \S+)*): /.test(warning);
}

function cannotTell(question: string): string {
  return `nobody can tell without an API server ${question}`;
}

function unsettledFinding(again: OfflineVerdict): PolicyFinding {
  const paths = again.patch.map(({ op, path }) => `${op} ${path}`).join(', ');
  const messages = [`a second review changes the object again: ${paths}`];
  return { policy: '', outcome: 'error', reasons: [], changes: [], messages };
}

function headOf(manifest: Manifest): Pick<ObjectReport, 'object' | 'file' | 'line'> {
  return { object: nameOf(manifest), file: manifest.file, line: manifest.placeOf('').line };
}

function skipped(manifest: Manifest, reason: string): ObjectReport {
  const finding: PolicyFinding = { policy: '', outcome: 'skip', reasons: [reason], changes: [], messages: [] };
  return { ...headOf(manifest), outcome: 'skip', findings: [finding], result: manifest.object, patch: [] };
}
