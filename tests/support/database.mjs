import { execFile } from "node:child_process";
import { promisify } from "node:util";

let count = 0;

/// Where a server of the tests keeps its rows: `environment` for it, `drop` for afterwards. In its folder, unless
/// BELFRY_DATABASE_URL names a PostgreSQL: postgresql://user:password@host/{database}, with `{database}` for a name
/// that is not there yet.
export async function freshDatabase() {
  const template = process.env.BELFRY_DATABASE_URL;
  if (!template) return { environment: {}, drop: async () => {} };
  const name = `belfry_${process.pid}_js_${++count}`;
  const run = (sql) => promisify(execFile)("psql", ["-X", "-q", "-d", template.replace("{database}", "postgres"), "-c", sql]);
  await run(`CREATE DATABASE ${name}`);
  return {
    environment: { BELFRY_DATABASE_URL: template.replace("{database}", name) },
    drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
