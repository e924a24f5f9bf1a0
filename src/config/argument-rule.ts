/** One argument that a plugin or an action takes. */
export type ArgumentRule = (NumberRule | BoolRule | ChoiceRule | DurationRule | TextRule) & {
  /** As it stands in the file. One part may be in pointed brackets: it stands for any text (`binpack.resources.<resource>`). */
  readonly key: string;
  /** One sentence for the reference page. */
  readonly meaning: string;
  /** What holds without it, for the reference page; the plugin's own file decides. */
  readonly fallback: string;
  /** Key of the argument whose list of names has to hold the text in brackets; for any other the value would do nothing. */
  readonly listedIn?: string;
  /** Key of the switch that has to be on; without it the value would do nothing. */
  readonly needs?: string;
};

interface NumberRule {
  readonly type: 'number';
  readonly min: number;
  readonly max: number;
}

interface BoolRule {
  readonly type: 'bool';
  /** What holds in any case: the other value would do nothing. */
  readonly only?: boolean;
}

interface ChoiceRule {
  readonly type: 'choice';
  readonly values: readonly string[];
}

/** As Go writes it. */
interface DurationRule {
  readonly type: 'duration';
}

interface TextRule {
  readonly type: 'text';
  /** Any text when absent. */
  readonly form?: TextForm;
}

/** What a text has to be. */
export interface TextForm {
  /** With its article. */
  readonly words: string;
  isOf(this: void, text: string): boolean;
}

/** The text that stands where the rule has brackets, empty where it has none; undefined when the key is another one. */
export function matchKey(rule: ArgumentRule, key: string): string | undefined {
  const opens = rule.key.indexOf('<');
  if (opens < 0) return rule.key === key ? '' : undefined;
  const before = rule.key.slice(0, opens);
  const after = rule.key.slice(rule.key.indexOf('>') + 1);
  const isLongEnough = key.length > before.length + after.length;
  if (!isLongEnough || !key.startsWith(before) || !key.endsWith(after)) return undefined;
  return key.slice(before.length, key.length - after.length);
}

/** The names of a list that is written as one text. */
export function listedNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Without names and passwords, which would stand in a ConfigMap, and without a query. */
export const PLAIN_URL: TextForm = {
  words: 'a URL such as http://host:9090',
  isOf: (text) => /^https?:\/\/[A-Za-z0-9.[\]:-]+(\/[A-Za-z0-9._~/-]*)?$/.test(text),
};
