import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { face, found, listed } from './face-fixture.ts';

const BLUE: JsonObject = {
  metadata: { name: 'blue', uid: 'q1' },
  spec: { weight: 3, parent: 'root' },
  status: { state: 'Open' },
};
const GROUPS: readonly JsonObject[] = [
  { spec: { queue: 'blue' }, status: { phase: 'Running' } },
  { spec: { queue: 'blue' }, status: { phase: 'Running' } },
  { spec: { queue: 'blue' }, status: { phase: 'Inqueue' } },
  { spec: { queue: 'red' }, status: { phase: 'Pending' } },
  { spec: { queue: 'blue' } },
];

describe('vcctl queue', () => {
  it('lists queues with how many groups are in which phase', async () => {
    const { printed } = await face('vcctl queue list', [listed(BLUE), listed(...GROUPS)]);
    expect(printed.split('\n')).to.deep.equal([
      'Name                     Weight  State   Inqueue Pending Running Unknown Completed',
      'blue                     3       Open    1       0       2       0       0       ',
    ]);
  });

  it('gets a queue with its parent', async () => {
    const { printed, requests } = await face('vcctl queue get -n blue', [found(BLUE), listed(...GROUPS)]);
    expect(printed.split('\n').map((line) => line.split(/\s+/).join(' ').trim())).to.deep.equal([
      'Name Weight State Parent Inqueue Pending Running Unknown Completed',
      'blue 3 Open root 1 0 2 0 0',
    ]);
    expect(requests[0]?.name).to.equal('blue');
  });

  it('creates a queue without a word', async () => {
    const { printed, requests, code } = await face('vcctl queue create -n blue -w 5');
    expect([printed, code, requests[0]?.verb, requests[0]?.body]).to.deep.equal([
      '',
      0,
      'create',
      {
        apiVersion: 'scheduling.volcano.sh/v1beta1',
        kind: 'Queue',
        metadata: { name: 'blue' },
        spec: { weight: 5 },
      },
    ]);
  });

  for (const [line, action] of [
    ['vcctl queue operate -n blue -a open', 'OpenQueue'],
    ['vcctl queue operate -n blue -a close', 'CloseQueue'],
  ] as const) {
    it(`asks for ${action} by a Command`, async () => {
      const { requests } = await face(line, [found(BLUE)]);
      expect(requests.map(({ verb, type, namespace }) => [verb, type.kind, namespace])).to.deep.equal([
        ['get', 'Queue', ''],
        ['create', 'Command', 'default'],
      ]);
      expect(requests[1]?.body).to.deep.include({ action });
    });
  }

  it('closes a queue that is made closed', async () => {
    const { requests } = await face('vcctl queue create -n blue -S Closed', [found(BLUE), found(BLUE)]);
    expect(requests[2]?.body).to.deep.include({ action: 'CloseQueue' });
  });

  it('changes the weight of a queue', async () => {
    const { requests } = await face('vcctl queue operate -n blue -a update -w 7');
    expect(requests.map(({ verb, name, body }) => [verb, name, body])).to.deep.equal([
      ['mergePatch', 'blue', { spec: { weight: 7 } }],
    ]);
  });

  it('deletes a queue', async () => {
    const { requests, printed } = await face('vcctl queue delete -n blue');
    expect([requests[0]?.verb, requests[0]?.name, printed]).to.deep.equal(['delete', 'blue', '']);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['vcctl queue get', 'Failed to get queue: name is mandatory to get the particular queue details'],
    ['vcctl queue delete', 'Failed to delete queue: queue name must be specified'],
    ['vcctl queue operate -a open', 'Failed to operate queue: queue name must be specified'],
    ['vcctl queue operate -n q', 'Failed to operate queue: action can not be null'],
    [
      'vcctl queue operate -n q -a shut',
      'Failed to operate queue: action shut invalid, valid actions are open, close and update',
    ],
    [
      'vcctl queue operate -n q -a update',
      'Failed to operate queue: when update queue q, weight must be specified, the value must be greater than 0',
    ],
    ['vcctl queue create -n q -S Shut', 'Failed to create queue: state Shut invalid, valid states are Open and Closed'],
  ];
  for (const [line, wanted] of refused) {
    it(`tells what is wrong with ${line}, and asks nothing`, async () => {
      const { printed, code, requests } = await face(line);
      expect([printed, code, requests.length]).to.deep.equal([wanted, 255, 0]);
    });
  }

  it('takes no word for a number', async () => {
    const { printed, code } = await face('vcctl queue create -n q -w many');
    expect(printed).to.include('a whole number is needed');
    expect(code).to.equal(1);
  });
});
