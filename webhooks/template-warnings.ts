/** What is told of an object that is made from a template, with the paths that its fields have there; `path` ends with a dot. */
export function ofTemplate(path: string, warnings: readonly string[]): readonly string[] {
  return warnings.map((text) => (/^(?:spec|metadata)[.[]/.test(text) ? `${path}${text}` : text));
}
