import { Refusal } from '../../src/engine/errors.js';

/** Below the 255 bytes that file systems allow, with room for suffixes. */
const partLength = 200;

/**
 * A file name for an id, without suffix: readable for usual ids, harmless for every id (`..`, `/`, control characters),
 * different for different ids also where file names ignore case. Long ids become directories within directories.
 * `idOf` is its inverse. Throws `Refusal` for the empty id and for text that UTF-8 cannot hold.
 */
export function nameOf(id: string): string {
  const bytes = Buffer.from(id, 'utf8');
  if (bytes.length === 0 || bytes.toString('utf8') !== id) {
    throw new Refusal(
      `id ${JSON.stringify(id)}`,
      'is empty or not Unicode text',
      'use letters, digits, - and /',
    );
  }
  const encoded = Array.from(bytes, encodeByte).join('').replace(/^\./, '%2e');
  // A part that goes on ends in a bare %, which no whole name does: no name is a directory of another.
  return encoded.match(new RegExp(`.{1,${partLength}}`, 'gs'))!.join('%/');
}

/** The id whose `nameOf` is `name`. */
export function idOf(name: string): string {
  const bytes: number[] = [];
  for (const [text, hex, upper] of name.replaceAll('%/', '').matchAll(/%([0-9a-f]{2})|\^([a-z])|[^]/g)) {
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else bytes.push(...Buffer.from(upper?.toUpperCase() ?? decoded[text] ?? text));
  }
  return Buffer.from(bytes).toString('utf8');
}

const decoded: { readonly [text: string]: string } = { '~': '/', '+': ':' };

function encodeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (/[a-z0-9._-]/.test(char)) return char;
  if (/[A-Z]/.test(char)) return `^${char.toLowerCase()}`;
  if (char === '/') return '~';
  if (char === ':') return '+';
  return `%${byte.toString(16).padStart(2, '0')}`;
}
