/** Who somebody is, what they may do, and when enough people have agreed. Pure: nothing here checks a signature. */
export * from './claims.js';
export * from './delegation.js';
export * from './least-gates.js';
export * from './needed.js';
export * from './pattern.js';
export * from './principal.js';
export * from './quorum.js';
export * from './rights.js';
