import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './blocks.js';

/** The bullets of a comment or a page, each as one line. */
function bulletsOf(text: string): string[] {
  const plain = text.replaceAll(/^ \* ?/gm, '');
  return [...plain.matchAll(/^- (\*\*(?:[^\n]+(?:\n(?!-|\n)[^\n]+)*))/gm)].map(([, bullet = '']) =>
    bullet.replaceAll(/\s+/g, ' '),
  );
}

it('the glossary has every word of the engine, in the words of the engine', async () => {
  const engine = bulletsOf(await readFile(join(root, 'src/engine/index.ts'), 'utf8'));
  const page = bulletsOf(await readFile(join(root, 'docs/glossary.md'), 'utf8'));
  expect(engine.length).toBeGreaterThan(15);
  expect(page).toEqual(expect.arrayContaining(engine));
});
