import type { Why } from '../../../src/engine/tell/why.js';

/** Thrown into the interpreter: its workflow was terminated. */
export class Termination extends Error {}
/** Thrown into the interpreter: its workflow is reset. */
export class Reset extends Error {}

/** The rollout waits for a person, and nobody comes. */
export class Stranded extends Error {
  constructor(
    message: string,
    /** What it said it was waiting for. */
    readonly why: Why,
  ) {
    super(message);
  }
}
/** The interpreter runs without time passing. */
export class Livelock extends Error {}
/** The rollout goes on for ever without asking anybody. */
export class Endless extends Error {}
