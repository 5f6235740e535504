/** A piece of SQL or PL/pgSQL, as the server would read it. */
export interface Token {
  /** A name or a key word; a text; anything else. */
  readonly kind: 'word' | 'string' | 'sign';
  /** A word in lower case unless it is quoted, both without their quotes. */
  readonly text: string;
}

const pieces = [
  String.raw`(?<space>\s+|--[^\n]*|/\*[\s\S]*?\*/)`,
  String.raw`(?<escaped>[eE]'(?:[^'\\]|\\[\s\S]|'')*')`,
  String.raw`(?<string>'(?:[^']|'')*')`,
  String.raw`\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$(?<dollar>[\s\S]*?)\$\k<tag>\$`,
  String.raw`(?<quoted>"(?:[^"]|"")*")`,
  String.raw`(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
  String.raw`(?<sign>->>|->|:=|[\s\S])`,
];
const piece = new RegExp(pieces.join('|'), 'g');

/** Reads a body without its comments: what is a name and what is only text is told apart here. */
export function tokensOf(body: string): Token[] {
  return [...body.matchAll(piece)].flatMap(({ groups = {} }) => {
    const { escaped, string, dollar, quoted, word, sign } = groups;
    const text = escaped?.slice(2, -1) ?? string?.slice(1, -1);
    if (text !== undefined) return [token('string', text.replaceAll("''", "'"))];
    if (dollar !== undefined) return [token('string', dollar)];
    if (quoted !== undefined) return [token('word', quoted.slice(1, -1).replaceAll('""', '"'))];
    if (word !== undefined) return [token('word', word.toLowerCase())];
    return sign === undefined ? [] : [token('sign', sign)];
  });
}

function token(kind: Token['kind'], text: string): Token {
  return { kind, text };
}
