import { expect } from 'chai';
import { replay } from '../../bench/fgd-replay.ts';
import { arrivals, askOf, readTraceNodes, readTracePods } from '../../bench/fgd-trace.ts';
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
