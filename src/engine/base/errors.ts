/**
 * Something is wrong with what was given, not with the world: trying again changes nothing.
 * The message names the thing, the rule it breaks and the fix.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /**
   * @param thing what is refused: a step, a file, a table
   * @param rule  what it breaks
   * @param fix  what to do about it
   */
  constructor(
    readonly thing: string,
    readonly rule: string,
    readonly fix: string,
  ) {
    super(`${thing}: ${rule}; ${fix}`);
  }
}

/** Whether an error is a refusal, also one made by another copy of this package, as a team's own code has it. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'Refusal';
}
