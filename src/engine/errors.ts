/**
 * Something is wrong with what was given, not with the world: trying again changes nothing.
 * The message names the thing, the rule it breaks and the mend.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /**
   * @param thing what is refused: a step, a file, a table
   * @param rule  what it breaks
   * @param mend  what to do about it
   */
  constructor(
    readonly thing: string,
    readonly rule: string,
    readonly mend: string,
  ) {
    super(`${thing}: ${rule}; ${mend}`);
  }
}
