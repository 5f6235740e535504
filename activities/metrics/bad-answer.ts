/** A source answered, but not with the measurements that were asked for: its address or its settings are wrong. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
  readonly badAnswer = true;

  /**
   * @param source what was asked: an address
   * @param came   what came instead
   * @param mend   what to do about it
   */
  constructor(
    readonly source: string,
    readonly came: string,
    readonly mend: string,
  ) {
    super(`${source} ${came}; ${mend}`);
  }
}

/** The beginning of a text, in quotes and on one line. */
export function excerpt(text: string, length = 60): string {
  const line = text
    .slice(0, length * 2)
    .replace(/\s+/g, ' ')
    .trim();
  return JSON.stringify(line.length > length ? `${line.slice(0, length)}...` : line);
}
