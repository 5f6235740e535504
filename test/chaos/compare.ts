import type { Json } from '../../src/engine/base/json.js';
import type { Observation } from './observe.js';

/** More of one part say nothing new: what follows an event that is missing is all in another place. */
const mostOfOnePart = 3;
const longest = 160;

/** Everything in which a run differs from the undisturbed one, a line each; empty when they are equal. */
export function differencesOf(expected: Observation, found: Observation): string[] {
  const parts = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return parts.flatMap((part) => compare(part, expected[part], found[part]).slice(0, mostOfOnePart));
}

function compare(path: string, expected: Json | undefined, found: Json | undefined): string[] {
  if (isTree(expected) && isTree(found) && Array.isArray(expected) === Array.isArray(found)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return keys.flatMap((key) => compare(`${path}.${key}`, member(expected, key), member(found, key)));
  }
  const [one, other] = [textOf(expected), textOf(found)];
  return one === other ? [] : [describe(path, one, other)];
}

type Tree = Json[] | { [key: string]: Json };

function isTree(value: Json | undefined): value is Tree {
  return typeof value === 'object' && value !== null;
}

function member(tree: Tree, key: string): Json | undefined {
  return (tree as { [key: string]: Json | undefined })[key];
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of long texts only what is around the first place in which they differ. */
function describe(path: string, expected: string, found: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at += 1;
  const from = at > longest / 2 ? at - longest / 4 : 0;
  const around = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + longest).replace(/\s+/g, ' ')}`;
  return `${path}: ${around(found)}, undisturbed ${around(expected)}`;
}
