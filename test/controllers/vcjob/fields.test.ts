import { expect } from 'chai';
import { VOLUME_CLAIMS } from '../../../src/api/resources.ts';
import { plainSchema } from '../../../src/api/kinds/crd.ts';
import { VCJOB_KIND } from '../../../src/api/kinds/vcjob.ts';
import { isJsonObject, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { ACTED_ON } from './field-rows.ts';
import type { FieldRow } from './field-rows.ts';
import { JobModel } from './job-model.ts';

/** Paths of the schema's fields, with what they say of themselves. */
function fieldsOf(schema: JsonObject, path: string): readonly (readonly [path: string, description: string])[] {
  const inner = schema['type'] === 'array' ? objectAt(schema, 'items') : schema;
  const properties = objectAt(inner, 'properties');
  if (Object.keys(properties).length === 0) return [[path, stringAt(schema, ['description'])]];
  return Object.entries(properties).flatMap(([name, child]) => {
    return isJsonObject(child) ? fieldsOf(child, `${path}.${name}`) : [];
  });
}

/** Everything that a job's life leaves behind, to be compared with another. */
function lifeOf(spec: JsonObject, happens: FieldRow['happens'] = (model) => model.run()): string {
  const model = new JobModel(spec);
  for (const claim of ['c', 'd']) model.make(VOLUME_CLAIMS, claim);
  happens(model);
  const pods = model.isGone ? [] : model.pods().map((name) => model.pod(name));
  const group = model.isGone ? undefined : model.group();
  const { done, events, phases } = model;
  return JSON.stringify({ done, events, phases, pods, group, claims: model.claims(), isGone: model.isGone });
}

describe('each field of a Job of Volcano', () => {
  const fields = new Map(fieldsOf(objectAt(plainSchema(VCJOB_KIND.schema), 'properties', 'spec'), 'spec'));

  it('is acted on', () => {
    expect([...fields.keys()].toSorted()).to.deep.equal(Object.keys(ACTED_ON).toSorted());
  });

  for (const [path, { one, other, happens }] of Object.entries(ACTED_ON)) {
    it(`${path} makes a difference`, () => {
      expect(lifeOf(one, happens)).not.to.equal(lifeOf(other, happens));
      expect(fields.get(path)).not.to.include('no effect yet');
    });
  }

  it('two lives of one job are alike', () => {
    for (const { one, happens } of Object.values(ACTED_ON)) expect(lifeOf(one, happens)).to.equal(lifeOf(one, happens));
  });
});
