import { expect, it } from 'vitest';
import { cloneOf, copyOf } from '../../../activities/drill/names.js';

const url = 'postgres://drill:secret@db:5433/shop_template?options=-c%20search_path%3Dshop';

it('a clone is on the server of its template, reached in the same way, under a name of its own', () => {
  const { template, clone, cloneUrl } = cloneOf('drills', 'shop', url);
  expect(template).toBe('shop_template');
  expect(clone).toMatch(/^switchback_drill_drills_shop_[0-9a-f]{8}$/);
  expect(cloneUrl).toBe(url.replace('/shop_template', `/${clone}`));
});

it('two environments never have the same clone, and no name is longer than PostgreSQL takes', () => {
  const names = [
    ['a', 'b_c'],
    ['a_b', 'c'],
    ['a', 'b-c'],
    ['x'.repeat(80), 'y'.repeat(80)],
    ['x'.repeat(80), 'z'.repeat(80)],
  ].map(([environment = '', name = '']) => cloneOf(environment, name, url).clone);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
});

it('what is called as clones are is no template: it would be thrown away', () => {
  const wrong = url.replace('shop_template', 'Switchback_drill_shop');
  expect(() => cloneOf('drills', 'shop', wrong)).toThrow(
    'database shop (Switchback_drill_shop): begins with switchback_drill_',
  );
  expect(() => copyOf('drills', 'flags', '/etc/switchback_drill_flags.json')).toThrow(/flag store flags/);
});

it("a copy of a flag file is in the file's own directory, so that it can be replaced as that is", () => {
  expect(copyOf('drills', 'flags', '/etc/shop/flags.json')).toMatch(
    /^\/etc\/shop\/switchback_drill_drills_flags_[0-9a-f]{8}\.json$/,
  );
});
