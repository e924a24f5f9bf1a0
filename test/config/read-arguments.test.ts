import { expect } from 'chai';
import type { ArgumentRule } from '../../src/config/argument-rule.ts';
import { PLUGIN_ARGUMENTS } from '../../src/config/plugin-arguments.ts';
import { DEFAULT_POLICY, PLUGIN_NAMES } from '../../src/config/policy.ts';
import { argumentEntries, readArguments } from '../../src/config/read-arguments.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { geometryPlace } from '../../src/config/geometry-place.ts';
import { volumeBindTimeoutMs } from '../../src/config/volume-bind-timeout.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';

const ABOUT = { fallback: '', meaning: '' };
const RULES: readonly ArgumentRule[] = [
  { ...ABOUT, key: 'weight', type: 'number', min: 0, max: 10 },
  { ...ABOUT, key: 'strict', type: 'bool' },
  { ...ABOUT, key: 'kept', type: 'bool', only: true },
  { ...ABOUT, key: 'how', type: 'choice', values: ['fast', 'slow'] },
  { ...ABOUT, key: 'names', type: 'text' },
  { ...ABOUT, key: 'of.<name>.weight', type: 'number', min: -5, max: 5 },
  { ...ABOUT, key: 'named.<name>', type: 'text', listedIn: 'names' },
];

function read(raw: JsonValue | undefined, rules = RULES): { given: object; told: readonly string[] } {
  const errors: FieldError[] = [];
  const entries = argumentEntries(raw, 'arguments', errors);
  const idle = new Map([['lazy', 'nobody is in a hurry']]);
  const given = Object.fromEntries(readArguments(entries, { name: 'nobody', rules, idle }, errors));
  return { given, told: errors.map(formatFieldError) };
}

describe('reading arguments', () => {
  const good: readonly (readonly [string, JsonValue | undefined, object])[] = [
    ['none at all', undefined, {}],
    ['an empty entry', null, {}],
    ['each of its type', { weight: 2.5, strict: true, names: 'a, b' }, { weight: 2.5, strict: true, names: 'a, b' }],
    ['numbers and switches in quotes', { weight: ' 3 ', strict: 'false' }, { weight: 3, strict: false }],
    ['one of its values', { how: 'slow' }, { how: 'slow' }],
    ['what is so in any case', { kept: 'true' }, { kept: true }],
    ['both bounds', { weight: 0, 'of.a.weight': 5 }, { weight: 0, 'of.a.weight': 5 }],
    ['any text in the place of brackets', { 'of.x/y.z.weight': -1 }, { 'of.x/y.z.weight': -1 }],
    ['what the list names', { 'named.b': 'x', names: 'a, b' }, { 'named.b': 'x', names: 'a, b' }],
  ];
  for (const [name, raw, want] of good) {
    it(`takes ${name}`, () => expect(read(raw)).to.deep.equal({ given: want, told: [] }));
  }

  const bad: readonly (readonly [string, JsonValue, string])[] = [
    ['a list', [], 'arguments: "[]": must be a map'],
    ['a number that is too small', { weight: -1 }, 'arguments[weight]: "-1": must be a number from 0 to 10'],
    ['a number that is too large', { weight: '11' }, 'arguments[weight]: "11": must be a number from 0 to 10'],
    ['a text for a number', { weight: 'much' }, 'arguments[weight]: "much": must be a number from 0 to 10'],
    ['an empty text for a number', { weight: ' ' }, 'arguments[weight]: " ": must be a number from 0 to 10'],
    ['a switch for a number', { weight: true }, 'arguments[weight]: "true": must be a number from 0 to 10'],
    ['nothing for a number', { weight: null }, 'arguments[weight]: "null": must be a number from 0 to 10'],
    ['a number for a switch', { strict: 1 }, 'arguments[strict]: "1": must be true or false'],
    ['a value that is none of those', { how: 'Fast' }, 'arguments[how]: "Fast": must be one of fast, slow'],
    ['a list for a text', { names: ['a'] }, 'arguments[names]: "[\\"a\\"]": must be a text'],
    [
      'an unknown key',
      { height: 1 },
      'arguments[height]: "1": is no argument of nobody; there are weight, strict, kept, how, names, of.<name>.weight, named.<name>',
    ],
    [
      'what is otherwise in any case',
      { kept: false },
      'arguments[kept]: "false": does nothing: it is true in any case',
    ],
    ['what would do nothing, with a word', { lazy: 1 }, 'arguments[lazy]: "1": does nothing: nobody is in a hurry'],
    [
      'brackets with nothing in them',
      { 'of..weight': 1 },
      'arguments[of..weight]: "1": is no argument of nobody; there are weight, strict, kept, how, names, of.<name>.weight, named.<name>',
    ],
    [
      'what the list does not name',
      { 'named.c': 'x', names: 'a, b' },
      'arguments[named.c]: "x": does nothing, since names does not name c',
    ],
    [
      'a name that every object has',
      { constructor: 1 },
      'arguments[constructor]: "1": is no argument of nobody; there are weight, strict, kept, how, names, of.<name>.weight, named.<name>',
    ],
  ];
  for (const [name, raw, want] of bad) {
    it(`refuses ${name}`, () => expect(read(raw).told).to.deep.equal([want]));
  }

  it('says so where none is taken', () => {
    expect(read({ a: 1 }, []).told).to.deep.equal(['arguments[a]: "1": is no argument of nobody, which takes none']);
  });

  it('tells all mistakes, and keeps what is right', () => {
    const { given, told } = read({ weight: 'x', strict: 'y', names: 'z' });
    expect([given, told.length]).to.deep.equal([{ names: 'z' }, 2]);
  });
});

/** Notes what is asked for. */
class AskedArguments extends Map<string, string | number | boolean> {
  readonly asked = new Set<string>();

  override get(key: string): string | number | boolean | undefined {
    this.asked.add(key);
    return super.get(key);
  }

  override *[Symbol.iterator](): MapIterator<[string, string | number | boolean]> {
    for (const entry of super[Symbol.iterator]()) {
      this.asked.add(entry[0]);
      yield entry;
    }
  }
}

describe('declared arguments', () => {
  for (const name of PLUGIN_NAMES) {
    it(`of ${name} are those that it reads`, () => {
      const lists = PLUGIN_ARGUMENTS[name].flatMap(({ listedIn }) => listedIn ?? []);
      // What no list names is found among the keys that are given.
      const free = PLUGIN_ARGUMENTS[name].filter(({ key, listedIn }) => key.includes('<') && listedIn === undefined);
      const given = new AskedArguments([
        ...lists.map((key) => [key, '<resource>'] as const),
        ...free.map(({ key }) => [key, ''] as const),
      ]);
      PLUGINS[name].make(new Snapshot(), given, { ...DEFAULT_POLICY, isHierarchical: true });
      // The engine reads some itself.
      const tiers = [[{ name, arguments: given, off: new Set<never>() }]];
      volumeBindTimeoutMs({ tiers });
      geometryPlace({ tiers });
      // What holds in any case is read by nobody.
      const declared = PLUGIN_ARGUMENTS[name].filter((rule) => rule.type !== 'bool' || rule.only === undefined);
      expect([...given.asked].toSorted()).to.deep.equal(declared.map(({ key }) => key).toSorted());
    });
  }
});
