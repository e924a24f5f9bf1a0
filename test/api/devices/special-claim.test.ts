import { expect } from 'chai';
import { isExtendedResource } from '../../../src/api/devices/extended-resources.ts';
import { isSpecialClaim, specialClaimKey, specialRequests } from '../../../src/api/devices/special-claim.ts';
import { readExtendedAsks } from '../../../src/api/projections/pod-extended-asks.ts';

const GPU = 'example.com/gpu';
const NIC = 'example.com/nic';
const SERVED = new Map([
  [GPU, 'gpus'],
  [NIC, 'nics'],
]);

type Requests = Readonly<Record<string, string>>;

const container = (name: string, requests: Requests, more: object = {}): object => ({
  name,
  resources: { requests },
  ...more,
});
const ALWAYS = { restartPolicy: 'Always' };

/** What kube-scheduler 1.37 writes for each, by its source. */
const CASES: readonly {
  readonly name: string;
  readonly starters?: readonly object[];
  readonly main: readonly object[];
  readonly requests: readonly string[];
  readonly mappings: readonly string[];
}[] = [
  {
    name: 'one container, whose resource is the second of its names',
    main: [container('main', { cpu: '1', [GPU]: '2' })],
    requests: ['container-0-request-1 gpus 2'],
    mappings: [`main ${GPU} container-0-request-1`],
  },
  {
    name: 'a limit stands for the request',
    main: [{ name: 'main', resources: { limits: { [GPU]: '1' } } }],
    requests: ['container-0-request-0 gpus 1'],
    mappings: [`main ${GPU} container-0-request-0`],
  },
  {
    name: 'two resources and two containers',
    main: [container('a', { [GPU]: '1', [NIC]: '1' }), container('b', { [GPU]: '3' })],
    requests: ['container-0-request-0 gpus 1', 'container-0-request-1 nics 1', 'container-1-request-0 gpus 3'],
    mappings: [`a ${GPU} container-0-request-0`, `b ${GPU} container-1-request-0`, `a ${NIC} container-0-request-1`],
  },
  {
    name: 'a container of the start uses what later ones have',
    starters: [container('init', { [GPU]: '2' })],
    main: [container('a', { [GPU]: '1' }), container('b', { [GPU]: '1' })],
    requests: ['container-1-request-0 gpus 1', 'container-2-request-0 gpus 1'],
    mappings: [
      `a ${GPU} container-1-request-0`,
      `b ${GPU} container-2-request-0`,
      `init ${GPU} container-1-request-0`,
      `init ${GPU} container-2-request-0`,
    ],
  },
  {
    name: 'of several at the start that lack devices the largest asks, and the others use that',
    starters: [container('one', { [GPU]: '2' }), container('two', { [GPU]: '4' })],
    main: [container('main', { [GPU]: '1' })],
    requests: ['container-1-request-0 gpus 3', 'container-2-request-0 gpus 1'],
    mappings: [
      `main ${GPU} container-2-request-0`,
      `one ${GPU} container-2-request-0`,
      `one ${GPU} container-1-request-0`,
      `two ${GPU} container-2-request-0`,
      `two ${GPU} container-1-request-0`,
    ],
  },
  {
    name: 'a sidecar keeps its own, and later ones at the start do not use it',
    starters: [container('side', { [GPU]: '1' }, ALWAYS), container('init', { [GPU]: '1' })],
    main: [container('main', { cpu: '1' })],
    requests: ['container-0-request-0 gpus 1', 'container-1-request-0 gpus 1'],
    mappings: [`side ${GPU} container-0-request-0`, `init ${GPU} container-1-request-0`],
  },
  {
    name: "what no class serves, and Kubernetes' own names, are left out",
    main: [container('main', { 'other.com/x': '1', 'hugepages-2Mi': '2Mi', [GPU]: '0' })],
    requests: [],
    mappings: [],
  },
];

describe('The claim for what a pod asks of nodes', () => {
  for (const { name, starters = [], main, requests, mappings } of CASES) {
    it(name, () => {
      const asks = readExtendedAsks(JSON.parse(JSON.stringify({ initContainers: starters, containers: main })));
      const asked = specialRequests(asks, (resource) => SERVED.get(resource));
      const text = asked.requests.map(({ name: request, asks: [ask] }) => `${request} ${ask?.className} ${ask?.count}`);
      expect(text).to.deep.equal(requests);
      const told = asked.mappings.map(({ container: of, resource, request }) => `${of} ${resource} ${request}`);
      expect(told).to.deep.equal(mappings);
    });
  }

  it('is known by its pod, and no other claim is taken for it', () => {
    expect(isSpecialClaim(specialClaimKey('ns', 'uid'))).to.equal(true);
    expect(isSpecialClaim('ns/pod-extended-resources-12345')).to.equal(false);
  });

  for (const [name, want] of [
    ['nvidia.com/gpu', true],
    ['deviceclass.resource.kubernetes.io/gpus', true],
    ['cpu', false],
    ['hugepages-2Mi', false],
    ['attachable-volumes.kubernetes.io/x', false],
    ['requests.nvidia.com/gpu', false],
  ] as const) {
    it(`${name} is ${want ? '' : 'not '}a name that a class may serve`, () =>
      expect(isExtendedResource(name)).to.equal(want));
  }
});
