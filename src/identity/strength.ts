export { isStrongEnough } from '../engine/decide/strength.js';
