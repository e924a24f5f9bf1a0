/** What a POST brought; nothing is thrown. */
export type PostAnswer =
  { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'failed'; readonly why: string };

/** Posts a JSON body within the time. */
export type Post = (url: string, body: string, timeoutMs: number) => Promise<PostAnswer>;
