/** So many of the `whole` pods as an annotation says, parts of a pod rounded up; undefined for a text that is neither a number nor a percentage. */
export function disruptionAmount(text: string, whole: number): number | undefined {
  const match = /^(\d{1,9})(%?)$/.exec(text);
  if (match === null) return undefined;
  const number = Number(match[1]);
  return match[2] === '%' ? Math.ceil((number * whole) / 100) : number;
}
