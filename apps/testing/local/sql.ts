import pg from 'pg';

/** Runs SQL on a connection of its own. */
export async function runSql(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'switchback-drill' });
  // A connection that breaks fails the query as well, which tells.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** The same server's other database, with the path on which tables are looked up. */
export function urlOf(server: string, database: string, searchPath?: string): string {
  const url = new URL(server);
  url.pathname = `/${encodeURIComponent(database)}`;
  if (searchPath !== undefined) url.searchParams.set('options', `-c search_path=${searchPath}`);
  return url.href;
}
