import { expect } from 'chai';
import { validatorModule } from '../../../../tools/generators/kinds/standalone-validator.ts';

describe('validatorModule', () => {
  it('makes a module without imports', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', maxLength: 3, description: 'd', 'x-kubernetes-x': 1 } },
    };
    const code = validatorModule('validateThing', schema, 'made up');
    expect(code.startsWith('// made up\n')).to.equal(true);
    expect(code)
      .to.include('export const validateThing')
      .and.not.match(/\brequire\b\(|^import /m);
  });

  it('refuses a format that it cannot spell out', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', format: 'ipv4' } } };
    expect(() => validatorModule('validateThing', schema, '')).to.throw('Cannot compile format "ipv4"');
  });

  it('refuses what would need a helper at run time', () => {
    const schema = { type: 'object', properties: { a: { enum: [{ b: 1 }] } } };
    expect(() => validatorModule('validateThing', schema, '')).to.throw('Cannot make validateThing stand alone');
  });
});
