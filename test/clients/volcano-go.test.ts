import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { INSTALL_MS } from './support/describe-client.ts';
import { goProgramOf } from './support/go-module.ts';
import { Lab } from './support/lab.ts';
import { absenceOf } from './support/no-answer.ts';
import { report } from './support/report.ts';

/** What volcano-go prints, one a line. */
interface Answer {
  readonly kind: string;
  readonly ask: string;
  readonly problem: string;
}

const SOURCE = join(import.meta.dirname, 'volcano-go');
/** Where volcano-go puts its objects; nobody opted it in. */
const NAMESPACE = 'go-client';

const ALWAYS =
  'discovery fields create dry-run get list update conflict patch apply informer delete watch delete-collection';
const ASKED = ALWAYS.split(' ').map((ask) => ask.replace('-', ' '));
const WITH_STATUS = [...ASKED, 'update status', 'apply status'];

/** What a kind is asked, and the columns of `kubectl get` that Volcano's definitions name. */
const KINDS: readonly (readonly [string, string, readonly string[], string])[] = [
  ['Job', 'vcjob', WITH_STATUS, 'NAME STATUS MINAVAILABLE RUNNINGS AGE'],
  ['CronJob', 'cronvcjob', WITH_STATUS, 'NAME'],
  ['Command', 'commands.bus.volcano.sh', ASKED, 'NAME AGE'],
  ['Queue', 'queues.scheduling.volcano.sh', WITH_STATUS, 'NAME PARENT'],
  ['PodGroup', 'podgroups.scheduling.volcano.sh', ASKED, 'NAME STATUS MINMEMBER RUNNINGS AGE'],
  ['JobFlow', 'jobflow', WITH_STATUS, 'NAME STATUS AGE'],
  ['JobTemplate', 'jobtemplate', WITH_STATUS, 'NAME'],
  ['HyperNode', 'hypernode', WITH_STATUS, 'NAME TIER TIERNAME NODECOUNT AGE'],
  ['Numatopology', 'numatopo', ASKED, 'NAME'],
  ['NodeShard', 'nodeshard', WITH_STATUS, 'NAME AGE'],
  ['ColocationConfiguration', 'colocationconfigurations', WITH_STATUS, 'NAME'],
];

describe("Volcano's Go client v1.14.0", function () {
  this.timeout(INSTALL_MS);
  let lab: Lab | undefined;
  let answers: readonly Answer[] = [];

  before(async function () {
    const absent = await absenceOf(() => goProgramOf(SOURCE));
    if (absent !== undefined) {
      for (const [kind] of KINDS) report({ client: rowOf(kind), absent });
      return this.skip();
    }
    lab = await Lab.start({ release: 'volcano' });
    await lab.kubectl(['create', 'namespace', NAMESPACE]);
    answers = await answersOf(lab);
  });

  after(() => lab?.stop());

  for (const [kind, resource, asked, columns] of KINDS) {
    it(`does all that it can do with a ${kind}`, () => {
      const given = answers.filter((answer) => answer.kind === kind);
      const wrong = given.filter(({ problem }) => problem !== '').map(({ ask, problem }) => `${ask}: ${problem}`);
      report({ client: rowOf(kind), asked: given.length, wrong });
      expect(wrong).to.deep.equal([]);
      expect(given.map(({ ask }) => ask)).to.have.members(asked);
    });

    it(`prints a ${kind} as a table`, async () => {
      const text = await lab?.kubectl(['-n', NAMESPACE, 'get', resource, 'kept']);
      const [head = '', row = ''] = (text ?? '').split('\n');
      expect(head.split(/\s+/)).to.include.members(columns.split(' '));
      expect(row).to.match(/^kept\s/);
    });
  }
});

function rowOf(kind: string): string {
  return `Go client: ${kind}`;
}

async function answersOf({ plane }: Lab): Promise<readonly Answer[]> {
  const env = { ...process.env, KUBECONFIG: plane.kubeconfigPath };
  const { stdout } = await promisify(execFile)(await goProgramOf(SOURCE), { env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}
