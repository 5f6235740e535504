/**
 * What a rollout says with everything by which it asks for something or gives it back, and what whoever watches it
 * repeats to it: the first run of its workflow, which all later ones go on from. Its name is on every screen; whoever does
 * not know the run is not taken for the rollout, or for its sentinel.
 */
export interface OfChain {
  /** Absent in what a build sends that knew nothing of it. */
  readonly chain?: string;
}

/** Whether a message comes from the one that is known. Of one that never said its chain anything is believed. */
export function speaksFor(known: OfChain | undefined, { chain }: OfChain): boolean {
  return known?.chain === undefined || known.chain === chain;
}
