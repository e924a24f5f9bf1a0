import type {
  Explanation,
  GroupHolding,
  NearFit,
  PodFit,
  QueueAccount,
  QueueAmounts,
  RoomAccount,
} from '../../scheduler/explanation/explanation.ts';
import { reasonSentence } from '../../api/reasons.ts';

/** Reasons beside the first that are shown with their whole message. */
const FULL = 1;

/** An explanation, and the user that the PodGroup names; absent where it names none. */
export type NamedExplanation = Explanation & { readonly submitter?: string };

/** An explanation for people: what the group lacks first, then who has it. */
export function explanationText(explanation: NamedExplanation): string {
  const blocks = [headline(explanation), ...reasons(explanation), ...waiting(explanation)];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function headline({ group, queue, phase, state, members, submitter, verifiedSubmitter }: NamedExplanation): string {
  const { minimum, pods, placed, pending, missing } = members;
  const lines = [
    `PodGroup ${group} in queue ${queue}: ${STATES[state]} (phase ${phase === '' ? 'not set yet' : phase})`,
    ...(submitter === undefined
      ? []
      : [`  submitted by ${submitter}${submitter === verifiedSubmitter ? '' : ' (not verified)'}`]),
    `  pods: ${minimum} start together, ${pods} exist, ${placed} placed, ${pending} wait${missing > 0 ? `, ${missing} more needed` : ''}`,
    ...members.roles.map(
      (role) => `  task ${role.name}: ${role.minimum} needed, ${role.pods} exist, ${role.placed} placed`,
    ),
  ];
  return lines.join('\n');
}

const STATES = {
  waits: 'waits',
  runs: 'runs, or is on its way to its nodes',
  ended: 'has ended',
  suspended: 'is suspended: it asks for nothing until it is resumed',
} as const;

function reasons({ reasons: all, state }: Explanation): readonly string[] {
  if (all.length === 0) return [];
  const about = state === 'runs' ? 'Why its other pods wait' : 'Why';
  const told = all.map(({ code, verdict, message }, i) => {
    const mark = verdict === 'never' ? 'will not pass by itself' : 'has to wait';
    return i < FULL
      ? `  ${code} (${mark})\n    ${message}\n    ${reasonSentence(code)}`
      : `  also ${code} (${mark}): ${message}`;
  });
  return [`${about}:\n${told.join('\n')}`];
}

function waiting({ pods, near, queues, room, line, reservation, promised }: Explanation): readonly string[] {
  return [
    pods.map(podText).join('\n'),
    near.map(nearText).join('\n'),
    pods.length === 0 ? '' : queues.map(queueText).join('\n'),
    room === undefined ? '' : roomText(room),
    line === undefined
      ? ''
      : `In line for ${line.for}: ${line.position} of ${line.of} in its queue${line.before.length === 0 ? '' : `, after ${line.before.join(', ')}`}` +
        `${line.queuesBefore === 0 ? '' : `; ${line.queuesBefore} queues come first`}`,
    reservation === undefined
      ? ''
      : `Room is kept for ${reservation.isOwn ? 'it' : reservation.group} on ${reservation.nodes.join(', ')} since ${reservation.since}, until ${reservation.until} at the latest`,
    promised
      .map(
        ({ node, pods: count, leaving }) =>
          `Promised on ${node}: room for ${count} of its pods, once ${leaving.join(', ')} is gone`,
      )
      .join('\n'),
  ];
}

function podText({
  task,
  count,
  asks,
  fitNow,
  fitEmpty,
  isUpperBound,
  isFragmented,
  free,
  nodes,
  refusedBy,
}: PodFit): string {
  const most = isUpperBound === true && count > 1 ? 'at most ' : '';
  const wants = Object.entries(asks).filter(([name]) => name !== 'pods');
  const asked = wants.length === 0 ? 'a pod slot' : wants.map(([name, amount]) => `${name} ${amount}`).join(', ');
  const refusing = Object.entries(refusedBy).map(([reason, refused]) => `${refused} ${reason}`);
  return [
    `${count} waiting pods${task === '' ? '' : ` of task ${task}`}, each asks for ${asked}:`,
    `  ${most}${fitNow} of them fit now, ${fitEmpty} if the cluster were empty${isFragmented ? '; there is enough free in sum, in parts that are too small' : ''}`,
    ...free.map(
      ({ resource, inCluster, onUsable, onOneNode }) =>
        `  ${resource}: ${inCluster} free, ${onUsable} on nodes it may use, at most ${onOneNode} on one`,
    ),
    ...(refusing.length === 0 ? [] : [`  of ${nodes} nodes: ${refusing.join(', ')}`]),
  ].join('\n');
}

function nearText({ part, needed, tiers }: NearFit): string {
  const who = part === '' ? 'The group' : `A part ${part}`;
  return [
    `${who} has to stand within one domain of the network, ${needed} more of its pods together:`,
    ...tiers.map(
      ({ tier, domains, fitting, fittingEmpty, best, fitNow, fitEmpty, nodes, takingNodes }) =>
        `  ${tier}: ${fitting} of ${domains} domains have room for them, ${fittingEmpty} if nothing ran there; most has ${best === '' ? 'the whole cluster' : best}: ` +
        `room for ${fitNow}, ${fitEmpty} if nothing ran there, on ${takingNodes} of its ${nodes} nodes`,
    ),
  ].join('\n');
}

function queueText({ queue, isOpen, resources }: QueueAccount): string {
  return [`Queue ${queue}${isOpen ? '' : ' (takes no new work)'}:`, ...resources.map(amountsText)].join('\n');
}

function amountsText({ resource, held, heldBelow, promised, ...limits }: QueueAmounts): string {
  const parts = [`${held} held`];
  if (heldBelow !== '0') parts.push(`${heldBelow} below it`);
  if (promised !== undefined && promised !== '0') parts.push(`${promised} promised`);
  const { guarantee, ...others } = limits;
  if (guarantee !== undefined && guarantee !== '0') parts.push(`guarantee ${guarantee}`);
  for (const [name, amount] of Object.entries(others)) parts.push(`${name} ${amount}`);
  return `  ${resource}: ${parts.join(', ')}`;
}

function roomText({ resource, scope, queues, groups, others, byStrangers }: RoomAccount): string {
  const where = scope === 'queue' ? 'within the limit of the queue' : 'in the cluster';
  return [
    `Who has ${resource} ${where}:`,
    ...queues.map(({ queue, held, groups: count }) => `  queue ${queue}: ${held} by ${count} groups`),
    ...groups.map(holderText),
    ...(others > 0 ? [`  and ${others} groups that are not listed`] : []),
    ...(byStrangers === '0' ? [] : [`  ${byStrangers} by pods of no group`]),
  ].join('\n');
}

function holderText({ group, held, promised, pods, priority, mayGo, why }: GroupHolding): string {
  const more = promised === '0' ? '' : `, ${promised} promised`;
  const goes = mayGo ? `may be evicted for it (${why})` : `is not evicted for it: ${why}`;
  return `  ${group}: ${held} by ${pods} pods${more}, priority ${priority}; ${goes}`;
}
