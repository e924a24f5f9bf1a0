import { isJsonObject, stringAt } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';

const LEVEL_MARKS: Readonly<Record<string, string>> = {
  debug: 'debug',
  info: 'info ',
  warn: '\u001b[33mwarn \u001b[39m',
  error: '\u001b[31merror\u001b[39m',
};
const HEAD_FIELDS: ReadonlySet<string> = new Set(['time', 'level', 'msg']);

/** Turns one JSON log line into one line for people: time of day, level, message, fields. */
export function formatLogLine(line: string): string {
  const parsed = parseLine(line);
  if (parsed === undefined) return line.trimEnd();
  const timeOfDay = stringAt(parsed, ['time']).slice(11, 23);
  const level = stringAt(parsed, ['level']);
  const fields = Object.entries(parsed).filter(([name]) => !HEAD_FIELDS.has(name));
  const tail = fields.map(([name, value]) => ` ${name}=${formatField(value)}`).join('');
  return `${visible(timeOfDay)} ${LEVEL_MARKS[level] ?? visible(level)} ${visible(stringAt(parsed, ['msg']))}${tail}`;
}

function formatField(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=\p{C}]+$/u.test(value)) return value;
  return visible(JSON.stringify(value));
}

/** Texts come from users and servers: nothing in them may move the cursor or recolour a terminal. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parseLine(line: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
