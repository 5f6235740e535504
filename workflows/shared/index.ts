/** The same workflows for a shared environment, in which only what a door has signed counts. */
import { becomeShared } from '../doors/kind.js';

becomeShared();

export * from '../index.js';
