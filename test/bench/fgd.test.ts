import { expect } from 'chai';
import { replay } from '../../bench/fgd-replay.ts';
import { arrivals, askOf, readTraceNodes, readTracePods, shuffled } from '../../bench/fgd-trace.ts';
import type { TracePod } from '../../bench/fgd-trace.ts';
import { seededRandom } from '../../bench/random.ts';

const NODES = 'sn,cpu_milli,memory_mib,gpu,model\nn2,8000,100,2,T4\nn1,4000,100,1,P100\n';
const PODS = [
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos',
  'p3,1000,1,0,1000,,LS',
  'p1,1000,1,1,600,P100|T4,LS',
  'p2,1000,1,2,1000,,BE',
].join('\n');

describe('the trace of shared GPUs', () => {
  it('is read by name, and a pod without GPUs asks for no part of one', () => {
    const nodes = readTraceNodes(NODES).map(({ name, gpus, model }) => [name, gpus, model]);
    expect(nodes).to.deep.equal([
      ['n1', 1, 'P100'],
      ['n2', 2, 'T4'],
    ]);
    const pods = readTracePods(PODS).map((pod) => [pod.name, askOf(pod), pod.models]);
    expect(pods).to.deep.equal([
      ['p1', 600, 'P100|T4'],
      ['p2', 2000, ''],
      ['p3', 0, ''],
    ]);
  });

  it('is repeated in any order until 130 % of the GPUs is asked for', () => {
    const pods = readTracePods(PODS);
    const order = arrivals(pods, 100, seededRandom(1));
    const asked = order.reduce((sum, pod) => sum + askOf(pod), 0);
    expect(asked).to.be.within(128_000, 131_000);
    expect(order.filter((pod) => pod === pods[0]).length).to.be.above(1);
    expect(arrivals(pods, 100, seededRandom(1))).to.deep.equal(order);
  });

  it('loses any of its pods where they ask for more than 130 % of the GPUs, and keeps the order of the others', () => {
    const pods = Array.from({ length: 400 }, (_, i) => ({
      ...(readTracePods(PODS)[i % 3] as TracePod),
      name: `p${i}`,
    }));
    const order = arrivals(pods, 100, seededRandom(1));
    const asked = order.reduce((sum, pod) => sum + askOf(pod), 0);
    expect(asked).to.be.within(128_000, 130_000);
    expect(new Set(order).size).to.equal(order.length);
    const all = shuffled(pods, seededRandom(1));
    expect(order).to.deep.equal(all.filter((pod) => order.includes(pod)));
  });

  const share: TracePod = { name: 's', cpu: 1000, memory: 1, gpus: 1, milli: 400, models: '' };
  const whole: TracePod = { ...share, name: 'w', milli: 1000 };
  const double: TracePod = { ...whole, name: 'd', gpus: 2 };
  const hungry: TracePod = { ...whole, name: 'h', cpu: 60_000 };
  const head = 'sn,cpu_milli,memory_mib,gpu,model';
  const small = [head, 'a,8000,100,2,T4', 'b,8000,100,4,T4', 'c,2000,100,1,T4'].join('\n');
  const large = [head, 'a,128000,100,8,T4', 'b,64000,100,8,T4'].join('\n');

  for (const [policy, says, nodes, order, want] of [
    ['clustering', 'beside pods of its size alone', small, [share, whole, whole], ['c 0', 'a 0', 'a 1']],
    [
      'clustering',
      'on an empty node rather than among others',
      small,
      [double, whole, share, share],
      ['a 0,1', 'c 0', 'b 0', 'b 0'],
    ],
    ['packing', 'on a GPU in use, then on a small empty node', small, [share, share, double], ['c 0', 'c 0', 'a 0,1']],
    ['packing', 'on an empty node with few GPUs', small, [double, share, share], ['a 0,1', 'c 0', 'c 0']],
    ['dotProduct', 'where least is left of what it asks for', large, [hungry, hungry], ['b 0', 'a 0']],
  ] as const) {
    it(`is replayed by ${policy}: ${says}`, () => {
      const options = { policy, random: seededRandom(1) };
      expect(replay(readTraceNodes(nodes), order, order, options).places).to.deep.equal(want);
    });
  }

  it('is replayed by policy: the fullest node, or the one of which least becomes useless', () => {
    const nodes = readTraceNodes(NODES);
    const pods = readTracePods(PODS);
    const [part, both] = [pods[0], pods[1]];
    const order = part === undefined || both === undefined ? [] : [part, both];
    const places = (policy: 'bestFit' | 'fgd'): readonly string[] =>
      replay(nodes, pods, order, { policy, random: seededRandom(1) }).places;
    expect(places('bestFit')).to.deep.equal(['n1 0', 'n2 0,1']);
    expect(places('fgd')).to.deep.equal(['n1 0', 'n2 0,1']);
    expect(replay(nodes, pods, [...order, ...order], { policy: 'fgd', random: seededRandom(1) })).to.include({
      allocated: 2600,
      lost: 2,
    });
  });
});
