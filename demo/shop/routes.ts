/** The names under which requests are counted. */
export const ROUTES = ['read', 'rename', 'create', 'search', 'order', 'other'] as const;

/** One of ROUTES. */
export type RouteName = (typeof ROUTES)[number];

/** What a request asks for. `other` is answered 404. */
export type Route =
  | { readonly name: 'read' | 'rename' | 'order'; readonly id: number }
  | { readonly name: 'search'; readonly family: string }
  | { readonly name: 'create' | 'other' };

/** Reads a request line. */
export function routeOf(method: string, target: string): Route {
  if (!URL.canParse(target, 'http://shop')) return { name: 'other' };
  const { pathname, searchParams } = new URL(target, 'http://shop');
  if (pathname === '/customers') {
    const family = searchParams.get('family');
    if (method === 'GET' && family) return { name: 'search', family };
    return { name: method === 'POST' ? 'create' : 'other' };
  }
  const [, digits, orders] = /^\/customers\/(\d{1,15})(\/orders)?$/.exec(pathname) ?? [];
  if (digits === undefined) return { name: 'other' };
  const id = Number(digits);
  if (orders) return method === 'POST' ? { name: 'order', id } : { name: 'other' };
  if (method === 'GET') return { name: 'read', id };
  if (method === 'PATCH') return { name: 'rename', id };
  return { name: 'other' };
}
