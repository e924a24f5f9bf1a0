import { objectText } from './document.ts';
import type { Document } from './document.ts';

/** These stand for expressions until the YAML is written: they look like words, so that nothing around them is changed. */
const WHOLE = /\bHELMV_((?:[0-9a-f]{2})+)_/g;
const INSIDE = /\bHELMT_((?:[0-9a-f]{2})+)_/g;
/** A part of a text that is all of it: quoted then, since it may look like a number. */
const ALONE = /((?:: |- ))HELMT_((?:[0-9a-f]{2})+)_$/gm;

/** A whole value: what the expression writes is YAML. */
export function whole(expression: string): string {
  return token('V', expression);
}

/** A part of a text. */
export function inside(expression: string): string {
  return token('T', expression);
}

/** The template of some objects, each behind its switch. */
export function template(header: string, documents: readonly Document[]): string {
  return `# ${header}\n${documents.map(guarded).join('')}`;
}

function guarded(document: Document): string {
  const text = `---\n${expanded(objectText(document.object))}`;
  const conditions = conditionsOf(document);
  if (conditions.length === 0) return text;
  const all = conditions.length === 1 ? conditions.join('') : `and ${conditions.join(' ')}`;
  return `{{- if ${all} }}\n${text}{{- end }}\n`;
}

function conditionsOf({ when, unless, certificates, compat }: Document): readonly string[] {
  return [
    ...(when === undefined ? [] : [`.Values.${when}`]),
    ...(unless === undefined ? [] : [`(not .Values.${unless})`]),
    ...(certificates === undefined ? [] : [`(eq .Values.certificates.mode "${certificates}")`]),
    ...(compat === undefined ? [] : [`(eq .Values.compat.mode "${compat}")`]),
  ];
}

function expanded(text: string): string {
  return text
    .replaceAll(ALONE, (_, before: string, code: string) => `${before}${written(`${code} | toJson`)}`)
    .replaceAll(WHOLE, (_, code: string) => written(code))
    .replaceAll(INSIDE, (_, code: string) => written(code));
}

function written(text: string): string {
  const [code = '', ...rest] = text.split(' ');
  return `{{ ${[Buffer.from(code, 'hex').toString(), ...rest].join(' ')} }}`;
}

function token(kind: string, expression: string): string {
  return `HELM${kind}_${Buffer.from(expression).toString('hex')}_`;
}
