import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const scenarios = join(dirname(fileURLToPath(import.meta.url)), "..", "sip", "scenarios");

/// sipp as a carrier with one call, by a scenario of tests/sip/scenarios. What it hears it says, unless its media are at
/// `rtpPort`. With `to`, { port, user }, it calls that user of that server; else it is called.
export async function startCarrier(scenario, { port, rtpPort, to } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "belfry-carrier-"));
  const echo = createSocket("udp4");
  echo.on("message", (packet, from) => echo.send(packet, from.port, from.address));
  echo.bind(0, "127.0.0.1");
  await once(echo, "listening");
  const own = port ?? (await freePort());
  const options = ["-i", "127.0.0.1", "-p", own, "-t", "u1", "-m", 1, "-nostdin", "-default_behaviors", "all,-bye"];
  const keys = ["-key", "rtp_port", rtpPort ?? echo.address().port];
  const target = to ? ["-s", to.user, `127.0.0.1:${to.port}`] : [];
  const sipp = spawn(
    "sipp",
    ["-sf", join(scenarios, `${scenario}.xml`), ...options, ...keys, ...target].map(String),
    { cwd: folder, stdio: "ignore" },
  );
  const ended = once(sipp, "exit");
  if (!to) await listening(own, () => sipp.exitCode !== null);
  return {
    port: own,
    /// Its exit status: 0 when the call went as written.
    ended: ended.then(([status]) => status),
    async stop() {
      if (sipp.exitCode === null) sipp.kill("SIGKILL");
      await ended;
      echo.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort() {
  const probe = createSocket("udp4").bind(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/// Until the kernel knows a UDP socket of that port.
async function listening(port, hasEnded) {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  const deadline = performance.now() + 10_000;
  while (!(await readFile("/proc/net/udp", "utf8")).includes(wanted)) {
    if (hasEnded() || performance.now() > deadline) throw new Error(`sipp does not listen at ${port}`);
    await pause(20);
  }
}
