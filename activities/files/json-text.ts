/** A value in a JSON text and where it stands: `text.slice(start, end)`. */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar' }
);

export type JsonObjectNode = JsonNode & { readonly kind: 'object' };

/** A member of an object: `start` is where its key begins, its value's `end` where it ends. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

/** The text is not JSON; `offset` is where reading stopped. */
export class JsonFault extends Error {
  constructor(
    readonly offset: number,
    readonly found: string,
  ) {
    super(`not JSON at offset ${offset}: found ${found}`);
  }
}

/**
 * The places of everything in a JSON text, so that one value can be changed and every other byte kept: parsing and
 * writing again would lose indentation, long numbers and the order of keys that look like numbers.
 * Accepts exactly what `JSON.parse` accepts; throws `JsonFault` with the place for anything else.
 */
export function locateJson(text: string): JsonNode {
  const node = value(text, space(text, 0));
  const end = space(text, node.end);
  if (end < text.length) throw fault(text, end);
  return node;
}

const patterns = {
  space: /[ \t\r\n]*/y,
  // eslint-disable-next-line no-control-regex
  string: /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
  scalar: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y,
};

function value(text: string, start: number): JsonNode {
  const char = text[start];
  if (char === '{') return object(text, start);
  if (char === '[') return array(text, start);
  const end = match(text, start, char === '"' ? patterns.string : patterns.scalar);
  return { kind: 'scalar', start, end };
}

function object(text: string, start: number): JsonNode {
  const members: JsonMember[] = [];
  const end = list(text, start, '}', (at) => {
    const keyEnd = match(text, at, patterns.string);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const colon = expect(text, space(text, keyEnd), ':');
    const node = value(text, space(text, colon));
    members.push({ key, start: at, value: node });
    return node.end;
  });
  return { kind: 'object', start, end, members };
}

function array(text: string, start: number): JsonNode {
  const items: JsonNode[] = [];
  const end = list(text, start, ']', (at) => {
    const node = value(text, at);
    items.push(node);
    return node.end;
  });
  return { kind: 'array', start, end, items };
}

function list(text: string, start: number, close: string, element: (at: number) => number): number {
  let at = space(text, start + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = space(text, element(at));
    if (text[at] === close) return at + 1;
    at = space(text, expect(text, at, ','));
  }
}

function expect(text: string, at: number, char: string): number {
  if (text[at] !== char) throw fault(text, at);
  return at + 1;
}

function space(text: string, at: number): number {
  return match(text, at, patterns.space);
}

function match(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  if (!pattern.test(text)) throw fault(text, at);
  return pattern.lastIndex;
}

function fault(text: string, at: number): JsonFault {
  return new JsonFault(
    at,
    at >= text.length ? 'the end of the file' : JSON.stringify(text.slice(at, at + 20)),
  );
}
