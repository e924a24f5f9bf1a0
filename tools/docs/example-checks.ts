import { parseAllDocuments } from 'yaml';

/** Problems of one example: it parses, and each of its documents says what it is. */
export function exampleProblems(path: string, text: string): readonly string[] {
  const documents = parseAllDocuments(text);
  if (documents.length === 0) return [`${path}: holds no document`];
  return [...documents].flatMap((document, index) => {
    const where = `${path}: document ${index + 1}`;
    if (document.errors.length > 0)
      return document.errors.map((error) => `${where}: ${error.message.split('\n')[0] ?? ''}`);
    const value: unknown = document.toJS();
    if (value === null && documents.length > 1) return [];
    const missing = ['apiVersion', 'kind'].filter((key) => !hasText(value, key));
    return missing.map((key) => `${where}: has no ${key}`);
  });
}

function hasText(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof found === 'string' && found !== '';
}
