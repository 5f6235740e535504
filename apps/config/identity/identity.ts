import { members } from '../settings.js';
import { doors } from './doors.js';
import { issuers } from './issuers.js';
import { tokens } from './tokens.js';

/** How people and services show who they are, and whose word counts for it. */
export const identity = members({
  issuers: issuers.default([]),
  tokens: tokens.default([]),
  doors: doors.default({}),
});
