import { expect } from 'chai';
import { covers } from '../../../src/lib/json.ts';
import type { JsonValue } from '../../../src/lib/json.ts';
import { readBaselines } from '../../../tools/compatibility/baselines.ts';
import { STORED_FORMATS } from '../../../tools/compatibility/stored-formats.ts';
import type { StoredFormat } from '../../../tools/compatibility/stored-formats.ts';

describe('texts that are stored', () => {
  for (const { name, texts } of readBaselines())
    for (const [at, { format, text, value }] of texts.entries())
      it(`mean what they meant to ${name}: ${format} ${at}`, () => {
        const now = readAs(formatOf(format), text);
        expect(covers(now, value), `${JSON.stringify(now)} has not all of ${JSON.stringify(value)}`).to.equal(true);
      });

  for (const format of STORED_FORMATS)
    it(`are read as they are written now, each to something else: ${format.name}`, () => {
      const values = format.examples().map((text) => JSON.stringify(readAs(format, text)));
      expect(values).to.not.include(undefined);
      expect(new Set(values).size).to.equal(values.length);
    });

  it('are read with a member more', () => {
    const lenient = STORED_FORMATS.filter(({ name }) => name !== 'last form of a policy');
    for (const format of lenient)
      for (const text of format.examples()) {
        const more = JSON.stringify({ ...(JSON.parse(text) as object), later: { version: 9 } });
        expect(readAs(format, more), format.name).to.deep.equal(readAs(format, text));
      }
  });

  it('are refused with a member more where it might be what limits them: a policy', () => {
    const format = formatOf('last form of a policy');
    for (const text of format.examples()) {
      const spec = JSON.parse(text) as Readonly<Record<string, object>>;
      expect(readAs(format, JSON.stringify({ ...spec, match: { ...spec['match'], later: ['x'] } }))).to.equal(
        undefined,
      );
    }
  });
});

function formatOf(name: string): StoredFormat {
  const format = STORED_FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new Error(`Cannot read ${name}: it is no format any more`);
  return format;
}

/** Without what JSON has no word for. */
function readAs(format: StoredFormat, text: string): JsonValue | undefined {
  const json = JSON.stringify(format.read(text)) as string | undefined;
  return json === undefined ? undefined : (JSON.parse(json) as JsonValue);
}
