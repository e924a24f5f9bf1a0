/**
 * The text as a decoder makes it, in one piece. A text that is put together here is a rope until somebody reads it letter by letter, which
 * would be the cycle that is timed.
 */
export function decodedText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
