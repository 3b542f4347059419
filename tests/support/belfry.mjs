import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freshDatabase } from "./database.mjs";

/// Starts the server in BELFRY_BINARY on free ports, in a folder of its own that `stop` removes. Nothing of the
/// machine's or the user's configuration reaches it. A first argument `{ config, https }` adds lines to its
/// belfry.toml, and with `https: true` it listens for HTTPS too (`belfry.httpsUrl`).
export async function startBelfry(...options) {
  const settings = typeof options[0] === "object" ? options.shift() : {};
  const binary = process.env.BELFRY_BINARY;
  if (!binary) throw new Error("set BELFRY_BINARY to the server to test");
  const folder = await mkdtemp(join(tmpdir(), "belfry-browser-"));
  const config = join(folder, "belfry.toml");
  await writeFile(config, `${settings.config ?? ""}\n[http]\nextra_ports = []\n`);
  const tlsPort = settings.https ? await freePort() : 0;
  const ports = ["--http-port=0", `--http-tls-port=${tlsPort}`, "--sip-port=0", "--webrtc-port=0"];
  // A busy machine must not fail a test (rule O3).
  const calm = ["--drain-timeout=1", "--calls-shed-load=false"];
  const arguments_ = ["serve", `--config=${config}`, `--data=${join(folder, "data")}`, ...calm];
  const database = await freshDatabase();
  const child = spawn(binary, [...arguments_, ...ports, ...options], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...database.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = [];
  child.stderr.on("data", (text) => log.push(text));
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
  const url = await Promise.race([announcedUrl(child, log), ended.then(() => undefined)]);
  if (!url) {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
    throw new Error(`${binary} did not start:\n${log.join("")}`);
  }
  const httpsUrl = settings.https ? `https://127.0.0.1:${tlsPort}` : undefined;
  return new Belfry(url, httpsUrl, join(folder, "data"), async () => {
    child.kill("SIGTERM");
    const code = await ended;
    await database.drop();
    await rm(folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${log.join("")}`);
  });
}

async function announcedUrl(child, log) {
  for await (const line of createInterface({ input: child.stdout })) {
    log.push(`${line}\n`);
    const found = / is at (http:\S+)/.exec(line);
    if (found) {
      child.stdout.resume();
      return found[1];
    }
  }
  return undefined;
}

/// For what is told its port and cannot choose one. Whoever else takes it in between makes the start fail, not the test
/// pass.
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Belfry {
  constructor(url, httpsUrl, data, stop) {
    this.url = url;
    this.httpsUrl = httpsUrl;
    this.data = data;
    this.stop = stop;
  }

  /// What `belfry keys` prints: account_sid, auth_token, api_key_sid, api_key_secret …
  async keys() {
    const { stdout } = await promisify(execFile)(process.env.BELFRY_BINARY, ["keys", `--data=${this.data}`, "--json"]);
    return JSON.parse(stdout);
  }

  get(path) {
    return this.ask("GET", path);
  }

  post(path, body) {
    return this.ask("POST", path, body);
  }

  /// Makes the simulated phone or changes what it does.
  setPhone(number, behaviour) {
    return this.ask("PUT", `/sim/phones/${encodeURIComponent(number)}`, behaviour);
  }

  /// @throws for every status but 2xx, with the server's words.
  async ask(method, path, body) {
    const init = { method, headers: { "content-type": "application/json" } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
