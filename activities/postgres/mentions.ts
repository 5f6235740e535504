import { Refusal } from '../../src/engine/base/errors.js';
import type { Tx } from './database.js';
import type { Relation } from './relation.js';
import { tokensOf, type Token } from './tokens.js';

/** The body of a function, which the server keeps as text and does not look into. */
interface Body {
  readonly name: string;
  readonly language: string;
  readonly body: string;
  /** What the trigger hands to it; none when it is called otherwise. */
  readonly args: readonly string[];
}

interface Named {
  readonly table: string;
  readonly column: string;
}

/**
 * Views and constraints follow a renamed column; a trigger function that names it would fail at every write.
 */
export async function requireUnmentioned(tx: Tx, relation: Relation, column: string): Promise<void> {
  const { rows } = await tx.query<Body>(
    `SELECT t.tgname AS name, l.lanname AS language, p.prosrc AS body,
            string_to_array(encode(t.tgargs, 'escape'), '\\000') AS args
       FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
      WHERE t.tgrelid = $1 AND NOT t.tgisinternal AND p.pronamespace::regnamespace::text <> 'switchback'
      ORDER BY t.tgname`,
    [relation.oid],
  );
  const named = { table: await nameOf(tx, relation), column };
  const found = rows.find((row) => mentionsOfRow(row, named));
  if (!found) return;
  throw new Refusal(
    `${relation.sql} column ${column}`,
    `the function of trigger ${found.name} names it and would fail without it`,
    'change that function first',
  );
}

/** Functions that name the table and the column, as far as text tells: nobody else knows that they will fail. */
export async function functionsThatMention(tx: Tx, relation: Relation, column: string): Promise<string[]> {
  const { rows } = await tx.query<Body>(
    `SELECT p.oid::regprocedure::text AS name, l.lanname AS language, p.prosrc AS body, '{}'::text[] AS args
       FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
      WHERE strpos(lower(p.prosrc), lower($2)) > 0
        AND p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'switchback')
        AND p.oid NOT IN (SELECT tgfoid FROM pg_trigger WHERE tgrelid = $1)
      ORDER BY 1`,
    [relation.oid, column],
  );
  const named = { table: await nameOf(tx, relation), column };
  return rows.filter((row) => mentionsInStatements(tokensOf(row.body), named)).map(({ name }) => name);
}

/** Does a trigger's function name the column of the row, or of the table? The same word alone may mean anything. */
function mentionsOfRow({ language, body, args }: Body, named: Named): boolean {
  if (args.includes(named.column)) return true;
  const tokens = tokensOf(body);
  // Of other languages only the words are known.
  if (language !== 'plpgsql' && language !== 'sql') return deepTokens(tokens).some(isWord(named.column));
  return mentionsMember(tokens, named.column) || mentionsInStatements(tokens, named);
}

/** `NEW.name`, a member of a copy of NEW or OLD, or `to_jsonb(NEW) ->> 'name'`. */
function mentionsMember(tokens: readonly Token[], column: string): boolean {
  const rows = new Set(['new', 'old', ...copiesOfRow(tokens)]);
  return tokens.some((token, at) => {
    const before = tokens[at - 1]?.text;
    if (token.text !== column) return false;
    if (token.kind === 'string') return before === '->' || before === '->>';
    return token.kind === 'word' && before === '.' && rows.has(tokens[at - 2]?.text ?? '');
  });
}

/** Variables that a row was assigned to. */
function copiesOfRow(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ text, kind }, at) => {
    const [sign, row] = [tokens[at + 1]?.text, tokens[at + 2]?.text];
    const assigned = (sign === ':=' || sign === '=') && (row === 'new' || row === 'old');
    return kind === 'word' && assigned ? [text] : [];
  });
}

/** A statement over the table, also one that is put together as text. */
function mentionsInStatements(tokens: readonly Token[], { table, column }: Named): boolean {
  const dynamic = tokens.some(isWord('execute'));
  const all = dynamic ? deepTokens(tokens) : tokens;
  return all.some(isWord(table)) && all.some(isWord(column));
}

function deepTokens(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => (token.kind === 'string' ? tokensOf(token.text) : [token]));
}

function isWord(text: string): (token: Token) => boolean {
  return (token) => token.kind === 'word' && token.text === text;
}

async function nameOf(tx: Tx, { oid }: Relation): Promise<string> {
  const { rows } = await tx.query<{ name: string }>('SELECT relname AS name FROM pg_class WHERE oid = $1', [
    oid,
  ]);
  return rows[0]?.name ?? '';
}
