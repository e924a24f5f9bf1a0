import { expect } from 'chai';
import { arrayAt, memberAt } from '../../../src/lib/json.ts';
import { face, found, listed } from './face-fixture.ts';

const JOB = found({ metadata: { name: 'train', uid: 'u1' } });

describe("Volcano's older programs", () => {
  it('take -n for the name and -N for the namespace', async () => {
    const { requests, printed } = await face('vcancel -n train -N team-a');
    expect(requests.map(({ verb, name, namespace }) => [verb, name, namespace])).to.deep.equal([
      ['delete', 'train', 'team-a'],
    ]);
    expect(printed).to.equal('cancel job train successfully');
  });

  it('tell failures without the name of a group', async () => {
    const { printed, code } = await face('vsuspend');
    expect([printed, code]).to.deep.equal(['Failed to: job name is mandatory to suspend a particular job', 255]);
  });

  for (const [name, action] of [
    ['vsuspend', 'AbortJob'],
    ['vresume', 'ResumeJob'],
  ] as const) {
    it(`${name} asks for ${action}`, async () => {
      const { requests } = await face(`${name} -n train -N team-a`, [JOB]);
      expect(requests[1]?.body).to.deep.include({ action });
    });
  }

  it('vsub splits its command as a shell does', async () => {
    const { requests, printed } = await face('vsub -n train -c sleep_"1_2"', [JOB]);
    const [task] = arrayAt(requests[0]?.body, 'spec', 'tasks');
    const [container] = arrayAt(task, 'template', 'spec', 'containers');
    expect(memberAt(container, 'command')).to.deep.equal(['sleep', '1 2']);
    expect(printed).to.equal('run job train successfully');
  });

  it('vsub refuses a command with an open quote', async () => {
    const { printed, requests } = await face('vsub -n train -c sleep_"1');
    expect([printed, requests.length]).to.deep.equal(['Failed to: the command has a quote that is not closed', 0]);
  });

  it('vsub takes what the environment says where no flag does', async () => {
    const environment = { VOLCANO_DEFAULT_JOB_NAMESPACE: 'team-e', VOLCANO_DEFAULT_IMAGE: 'img' };
    const { requests } = await face('vsub -n train -i other', [JOB], { environment });
    const [task] = arrayAt(requests[0]?.body, 'spec', 'tasks');
    const [container] = arrayAt(task, 'template', 'spec', 'containers');
    expect([requests[0]?.namespace, memberAt(container, 'image')]).to.deep.equal(['team-e', 'other']);
    expect(memberAt(requests[0]?.body, 'spec', 'schedulerName')).to.equal('volcano');
  });

  it('vjobs lists without a name and shows with one', async () => {
    expect((await face('vjobs', [listed()])).requests[0]?.name).to.equal('');
    expect((await face('vjobs -n train', [JOB, listed()])).requests[0]?.name).to.equal('train');
  });

  it('vqueues lists without a name and gets with one', async () => {
    expect((await face('vqueues', [listed(), listed()])).requests[0]?.name).to.equal('');
    expect((await face('vqueues -n blue', [JOB, listed()])).requests[0]?.name).to.equal('blue');
  });
});

describe('help of vcctl', () => {
  it('lists its commands', async () => {
    const { printed, code } = await face('vcctl --help');
    expect(code).to.equal(0);
    expect(printed).to.match(/Usage:\n {2}vcctl \[command\]\n\nAvailable Commands:\n(?: {2}\w+ .*\n)+\nFlags:/);
    for (const group of ['job', 'queue', 'pod', 'version', 'help'])
      expect(printed).to.match(new RegExp(`\n  ${group} `));
  });

  it('lists the flags of a command', async () => {
    const { printed } = await face('vcctl job run -h');
    for (const flag of ['-N, --name string', '-r, --replicas int', '-k, --kubeconfig string']) {
      expect(printed).to.include(flag);
    }
  });

  it('tells the version', async () => {
    expect((await face('vcctl version')).printed).to.equal('Sluice 1.2.3');
  });

  it('refuses a command that it does not know', async () => {
    const { printed, code } = await face('vcctl job shred');
    expect(printed).to.include("unknown command 'shred'");
    expect(code).to.equal(1);
  });
});
