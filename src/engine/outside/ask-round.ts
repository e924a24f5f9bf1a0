import { arrayAt, isJsonObject, member, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AskedNode, AskedPod, RoundSubject, Verdict } from '../../scheduler/ledger/outside-rounds.ts';
import type { PostAnswer } from './post.ts';
import { nodeInfo, taskInfo } from './volcano-task-bodies.ts';

/** Posts one body to the program, within its time. */
export type Tell = (url: string, body: JsonObject) => Promise<PostAnswer>;

type Verdicts = ReadonlyMap<string, Verdict>;

/** Nodes that are asked about at a time. */
const LANES = 16;
/** After so many failures and no answer nobody is there, and the nodes that are left have failed as well. */
const MOST_FAILURES = 16;

/** Asks all that a round is about; nothing is thrown. */
export function askRound(subject: RoundSubject, tell: Tell): Promise<Verdicts> {
  return subject.kind === 'nodes' ? askNodes(subject, tell) : askVictims(subject, tell);
}

type AboutNodes = Extract<RoundSubject, { kind: 'nodes' }>;

/** Node by node, and then once for all that will do. */
async function askNodes(subject: AboutNodes, tell: Tell): Promise<Verdicts> {
  const { predicateUrl, prioritizeUrl, about } = subject;
  const filtered =
    predicateUrl === '' ? new Map([...about.keys()].map((key) => [key, YES])) : await filter(subject, tell);
  return prioritizeUrl === '' ? filtered : score(subject, filtered, tell);
}

const YES: Verdict = { kind: 'yes', score: 0 };

async function filter({ predicateUrl, pod, about }: AboutNodes, tell: Tell): Promise<Verdicts> {
  const verdicts = new Map<string, Verdict>();
  const task = taskInfo(pod);
  const left = about.entries();
  const failures: string[] = [];
  const lane = async (): Promise<void> => {
    for (const [key, node] of left) {
      const isDown = failures.length >= MOST_FAILURES && failures.length === verdicts.size;
      const verdict = isDown
        ? failed(failures.at(-1) ?? '')
        : fitness(await tell(predicateUrl, { task, node: nodeInfo(node) }));
      if (verdict.kind === 'failed') failures.push(verdict.why);
      verdicts.set(key, verdict);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, about.size) }, lane));
  return verdicts;
}

/** A text or a code that is not 0 is a no. Earlier releases of Volcano had the text under another name. */
function fitness(answer: PostAnswer): Verdict {
  if (answer.kind === 'failed') return answer;
  const { value } = answer;
  if (!isJsonObject(value)) return failed('the answer is no object');
  const code = member(value, 'code') ?? 0;
  if (typeof code !== 'number') return failed('the code in the answer is no number');
  const text = stringAt(value, ['status']) || stringAt(value, ['errorMessage']);
  return text === '' && code === 0 ? YES : { kind: 'no' };
}

async function score({ prioritizeUrl, pod, about }: AboutNodes, filtered: Verdicts, tell: Tell): Promise<Verdicts> {
  const open = [...about].filter(([key]) => filtered.get(key)?.kind === 'yes');
  if (open.length === 0) return filtered;
  const nodes = open.map(([, node]) => nodeInfo(node));
  const answer = await tell(prioritizeUrl, { task: taskInfo(pod), nodes });
  const scored = open.map(([key, node]): readonly [string, Verdict] => [key, scoreOf(answer, node)]);
  return new Map([...filtered, ...scored]);
}

/** A node of which the answer says nothing has none. */
function scoreOf(answer: PostAnswer, { record }: AskedNode): Verdict {
  if (answer.kind === 'failed') return answer;
  const { value } = answer;
  if (!isJsonObject(value)) return failed('the answer is no object');
  const problem = stringAt(value, ['errorMessage']);
  if (problem !== '') return failed(problem);
  const given = member(member(value, 'nodeScore'), record.name) ?? 0;
  return typeof given === 'number' ? { kind: 'yes', score: given } : failed('a score in the answer is no number');
}

/** Once for all: who is named may go, unless the program has no opinion. */
async function askVictims(
  { url, pod, about }: Extract<RoundSubject, { kind: 'victims' }>,
  tell: Tell,
): Promise<Verdicts> {
  const answer = await tell(url, { evictor: taskInfo(pod), evictees: [...about.values()].map(taskInfo) });
  const named = namedIn(answer);
  return new Map([...about].map(([key, victim]) => [key, named(victim)]));
}

function namedIn(answer: PostAnswer): (victim: AskedPod) => Verdict {
  if (answer.kind === 'failed') return () => answer;
  const status = member(answer.value, 'status');
  if (typeof status !== 'number') {
    const verdict = failed('the status in the answer is no number');
    return () => verdict;
  }
  if (status === 0) return () => ({ kind: 'abstains' });
  const uids = new Set(arrayAt(answer.value, 'victims').map((victim) => stringAt(victim, ['UID'])));
  return ({ record }) => (uids.has(record.uid) ? YES : { kind: 'no' });
}

function failed(why: string): Verdict {
  return { kind: 'failed', why };
}
