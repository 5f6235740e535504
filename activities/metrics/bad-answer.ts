/** A source answered, but not with the measurements that were asked for: its address or its settings are wrong. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
  readonly badAnswer = true;

  /**
   * @param source what was asked: an address
   * @param came   what came instead
   * @param fix   what to do about it
   */
  constructor(
    readonly source: string,
    readonly came: string,
    readonly fix: string,
  ) {
    super(`${source} ${came}; ${fix}`);
  }
}

/**
 * What came, without a word of it: a page that answers in the place of a source may hold a token, and what is said of
 * it is journalled, sent to people and kept.
 */
export function describeBody(type: string, text: string): string {
  if (text.trim() === '') return 'nothing';
  if (!/html/i.test(type) && !/^\s*</.test(text)) return `${type}, ${text.length} characters`;
  const signIn = /sign[ -]?in|log[ -]?in|password|single sign/i.test(text);
  return `${type}, a web page${signIn ? ', as it seems to sign in at' : ''}`;
}
