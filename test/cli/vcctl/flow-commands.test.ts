import { expect } from 'chai';
import { parse } from 'yaml';
import type { JsonObject } from '../../../src/lib/json.ts';
import { face, found, listed } from './face-fixture.ts';

const FLOW: JsonObject = {
  apiVersion: 'flow.volcano.sh/v1alpha1',
  kind: 'JobFlow',
  metadata: {
    name: 'nightly',
    namespace: 'team-a',
    creationTimestamp: '2026-03-01T11:00:00Z',
    managedFields: [{ manager: 'kubectl' }],
  },
  status: { state: { phase: 'Running' } },
};
const TEMPLATE: JsonObject = { metadata: { name: 'prepare', namespace: 'team-a' } };
const FILE = [
  'apiVersion: flow.volcano.sh/v1alpha1',
  'kind: JobFlow',
  'metadata: { name: a, namespace: team-a }',
  '---',
  'apiVersion: flow.volcano.sh/v1alpha1',
  'kind: JobFlow',
  'metadata: { name: b }',
  '',
].join('\n');
const files = { 'flows.yaml': FILE };

describe('vcctl jobflow and jobtemplate', () => {
  it('lists flows as wide as they are', async () => {
    const { printed, requests } = await face('vcctl jobflow list -n team-a', [listed(FLOW)]);
    expect(printed.split('\n')).to.deep.equal([
      'Name       Namespace    Phase      Age    ',
      'nightly    team-a       Running    60m    ',
    ]);
    expect(requests[0]?.namespace).to.equal('team-a');
    expect((await face('vcctl jobflow list --all-namespaces', [listed()])).requests[0]?.namespace).to.equal('');
  });

  it('lists templates, which have no phase', async () => {
    const { printed } = await face('vcctl jobtemplate list -n team-a', [listed(TEMPLATE)]);
    expect(printed.split('\n')).to.deep.equal(['Name       Namespace    ', 'prepare    team-a       ']);
    expect((await face('vcctl jobtemplate list', [listed()])).printed).to.equal('No resources found');
  });

  it('gets one', async () => {
    const { printed, requests } = await face('vcctl jobflow get -N nightly -n team-a', [found(FLOW)]);
    expect([printed.split('\n').length, requests[0]?.name]).to.deep.equal([2, 'nightly']);
  });

  it('describes one, or all with a rule between them, without what only the API server cares for', async () => {
    const { managedFields: _, ...metadata } = FLOW['metadata'] as JsonObject;
    const shown = { ...FLOW, metadata };
    const yaml = await face('vcctl jobflow describe -N nightly', [found(FLOW)]);
    expect(parse(yaml.printed)).to.deep.equal(shown);
    const json = await face('vcctl jobflow describe -o json', [listed(FLOW, FLOW)]);
    const parts = json.printed.split('\n---------------------------------\n').map((part): unknown => JSON.parse(part));
    expect(parts).to.deep.equal([shown, shown]);
  });

  it('creates what is in a file, and goes on where one is refused', async () => {
    const taken = { kind: 'conflict', message: 'jobflows "a" already exists' } as const;
    const all = await face('vcctl jobflow create -f flows.yaml', [], { files });
    expect(all.printed).to.equal('Created JobFlow: team-a/a\nCreated JobFlow: default/b');
    expect(all.requests.map(({ namespace }) => namespace)).to.deep.equal(['team-a', 'default']);
    const some = await face('vcctl jobflow create -f flows.yaml', [taken], { files });
    expect([some.code, some.printed]).to.deep.equal([
      255,
      'Failed to create jobflow: create JobFlow team-a/a: jobflows "a" already exists\nCreated JobFlow: default/b',
    ]);
  });

  it('deletes by name, or what is in a file', async () => {
    const one = await face('vcctl jobtemplate delete -N prepare -n team-a');
    expect([one.printed, one.requests[0]?.verb]).to.deep.equal(['Deleted JobTemplate: team-a/prepare', 'delete']);
    const all = await face('vcctl jobflow delete -f flows.yaml', [], { files });
    expect(all.requests.map(({ verb, name }) => `${verb} ${name}`)).to.deep.equal(['delete a', 'delete b']);
  });

  for (const [line, wanted] of [
    ['vcctl jobflow get', 'Failed to get jobflow: name is mandatory to get the particular jobflow details'],
    ['vcctl jobtemplate delete', 'Failed to delete jobtemplate: jobtemplate name must be specified'],
    ['vcctl jobflow describe -o table', 'Failed to describe jobflow: Unsupported format: table'],
    ['vcctl jobtemplate create -f flows.yaml', 'Failed to create jobtemplate: flows.yaml, document 1: '],
  ] as const) {
    it(`tells what is wrong with ${line}, and asks nothing`, async () => {
      const { printed, code, requests } = await face(line, [], { files });
      expect([printed.slice(0, wanted.length), code, requests.length]).to.deep.equal([wanted, 255, 0]);
    });
  }
});
