import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machine } from '../../src/engine/state/status.js';
import { root } from './blocks.js';
import { statesPage } from './states.js';

const page = () => readFile(join(root, 'docs/states.md'), 'utf8');

it('docs/states.md is what the table of the engine gives: npm run docs:states', async () => {
  expect(await page()).toBe(await statesPage());
});

it('draws every status and every arrow, in words or by the box', async () => {
  const text = await page();
  const drawing = /```mermaid\n([^`]*)```/.exec(text)?.[1] ?? '';
  const box = (/under_way \{\n([^}]*)\}/.exec(drawing)?.[1] ?? '').split('\n').map((line) => line.trim());
  const arrows = new Set(
    [...drawing.matchAll(/^ {2}(\S+) --> (\S+)$/gm)].map(([, from, to]) => `${from} ${to}`),
  );
  const missing = Object.entries(machine).flatMap(([status, { to }]) => {
    const from = status.replaceAll('-', '_');
    return to
      .map((next) => next.replaceAll('-', '_'))
      .filter((next) => next !== from && !(box.includes(from) && box.includes(next)))
      .filter(
        (next) => !arrows.has(`${from} ${next}`) && !(box.includes(from) && arrows.has(`under_way ${next}`)),
      )
      .map((next) => `${from} ${next}`);
  });
  expect(missing).toEqual([]);
  const drawn = [...arrows].map((arrow) => arrow.replaceAll('_', '-').split(' '));
  const invented = drawn.filter(([from = '', next = '']) => {
    const froms =
      from === 'under-way' ? box.filter(Boolean).map((name) => name.replaceAll('_', '-')) : [from];
    const allowed = (of: string) =>
      (machine as Record<string, { to: readonly string[] }>)[of]?.to.includes(next);
    return from !== '[*]' && next !== '[*]' && !froms.every(allowed);
  });
  expect(invented).toEqual([]);
  for (const status of Object.keys(machine)) expect(text).toContain(`| \`${status}\``);
});

it('changes when the table changes', async () => {
  const before = await statesPage();
  const rule = machine.unwinding as { does: string };
  const { does } = rule;
  rule.does = 'does something else';
  try {
    expect(await statesPage()).not.toBe(before);
  } finally {
    rule.does = does;
  }
});
