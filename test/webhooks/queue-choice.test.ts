import { expect } from 'chai';
import type { DenyVerdict } from '../../webhooks/verdict.ts';
import { defaultQueue, queueDenial } from '../../webhooks/queue-choice.ts';
import { summary, view } from './fixture.ts';

const PATH = 'metadata.labels[volcano.sh/queue-name]';

function denialOf(name: string, cluster = view()): DenyVerdict | undefined {
  return queueDenial({ name, path: PATH }, cluster);
}

describe('queues of new work', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['an open queue', 'blue', 'none'],
    ['a queue that does not exist', 'green', `422 QueueNotFound ${PATH}`],
    ['a name that every object inherits', 'constructor', `422 QueueNotFound ${PATH}`],
    ['a closed queue', 'shut', `422 QueueNotOpen ${PATH}`],
    ['the root queue', 'root', `422 QueueNotOpen ${PATH}`],
  ];
  for (const [name, queue, want] of cases) {
    it(`${name}: ${want}`, () => {
      const denial = denialOf(queue);
      expect(denial === undefined ? 'none' : summary(denial)).to.equal(want);
    });
  }

  it('are refused while they close', () => {
    expect(denialOf('c', view({ queues: { c: { state: 'Closing' } } }))?.reason).to.equal('QueueNotOpen');
  });

  it('are refused while they are being deleted', () => {
    expect(denialOf('c', view({ queues: { c: { deleting: true } } }))?.errors[0]?.message).to.equal(
      'queue is being deleted and takes no new work',
    );
  });

  it('are refused when they only hold other queues', () => {
    expect(denialOf('c', view({ queues: { c: { hasChildren: true } } }))?.reason).to.equal('QueueNotOpen');
  });

  it('are not refused as unknown before the queues were listed', () => {
    expect(denialOf('green', view({ synced: false, queues: {} }))).to.equal(undefined);
  });

  it('are told with the ones that exist, sorted and without root', () => {
    expect(denialOf('green')?.errors[0]?.message).to.equal('queue does not exist; these do: blue, default, shut');
  });

  it('are told ten at most', () => {
    const queues = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`q${String(index).padStart(2, '0')}`, {}]),
    );
    expect(denialOf('green', view({ queues }))?.errors[0]?.message).to.match(/these do: q00, .*, q09 and 20 more$/);
  });

  it('come from the namespace, else are called default', () => {
    const cluster = view({ defaults: { 'team-a': 'green' } });
    const choice = defaultQueue('team-a', cluster);
    expect(choice).to.deep.equal({ name: 'green', path: PATH, defaultOf: 'team-a' });
    expect(queueDenial(choice, cluster)?.errors[0]?.message).to.match(
      /^default queue of namespace team-a \(its annotation scheduling.volcano.sh\/queue-name\) does not exist/,
    );
    expect(defaultQueue('team-b', cluster).name).to.equal('default');
  });
});
