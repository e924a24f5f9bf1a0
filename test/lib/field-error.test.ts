import { expect } from 'chai';
import { fieldError, formatFieldError, keyPath } from '../../src/lib/field-error.ts';

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < depth; i += 1) value = [value];
  return value;
}

describe('field errors', () => {
  const shown: readonly (readonly [string, unknown, string])[] = [
    ['nothing for a missing value', undefined, ''],
    ['a text as it is', 'blue', 'blue'],
    ['null as null', null, 'null'],
    ['a number in digits', 7, '7'],
    ['a list as JSON', ['a', 1], '["a",1]'],
    ['a text of 120 characters whole', 'x'.repeat(120), 'x'.repeat(120)],
    ['the beginning of a longer text', 'x'.repeat(121), `${'x'.repeat(120)}...`],
    ['the word for a list nested too deeply to be written', nested(100_000), 'a list'],
    ['the word for an object nested too deeply to be written', { a: nested(100_000) }, 'an object'],
  ];
  for (const [name, value, text] of shown) {
    it(`show ${name}`, () => {
      expect(fieldError('spec.queue', 'FieldValueInvalid', value, 'is wrong')).to.deep.equal({
        path: 'spec.queue',
        kind: 'FieldValueInvalid',
        value: text,
        message: 'is wrong',
      });
    });
  }

  it('are one line for people, with the value in quotes when there is one', () => {
    const found = fieldError('spec.queue', 'FieldValueNotFound', 'bl"ue', 'queue does not exist');
    expect(formatFieldError(found)).to.equal('spec.queue: "bl\\"ue": queue does not exist');
    const missing = fieldError('spec.queue', 'FieldValueRequired', undefined, 'must be set');
    expect(formatFieldError(missing)).to.equal('spec.queue: must be set');
  });

  it('name a map entry as Kubernetes does', () => {
    expect(keyPath('metadata.labels', 'app/name')).to.equal('metadata.labels[app/name]');
  });
});
