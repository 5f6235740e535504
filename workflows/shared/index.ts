/** The same workflows for a shared environment, in which only what a door has signed counts. */
import { become } from '../doors/kind.js';

become('shared');

export * from '../index.js';
