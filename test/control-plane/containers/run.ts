/** How a container's command goes, as far as its words tell. */
export type Run =
  /** It ends by itself, with this code. */
  | { readonly kind: 'ends'; readonly seconds: number; readonly exitCode: number; readonly reason?: 'StartError' }
  /** It runs until it is told to go. */
  | { readonly kind: 'runs-on' }
  /** Its words say nothing. */
  | { readonly kind: 'unknown' };

/** What a container does when it is told to go: how long it takes, and the code with which it ends. */
export type Farewell = { readonly seconds: number; readonly exitCode: number };
