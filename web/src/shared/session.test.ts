import { afterEach, expect, it, vi } from "vitest";
import { get } from "./http";
import { readSession, signIn } from "./session";

afterEach(() => vi.unstubAllGlobals());

function answering(...answers: [number, unknown][]) {
  const asked = vi.fn<typeof fetch>(() => {
    const [status, body] = answers.shift() ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

it("signs in with what was pasted, without the blanks around it", async () => {
  const asked = answering([200, { required: true, user: null }], [200, { required: true, user: "AC1" }]);
  await readSession();
  await signIn(" AC1\n", " secret ");
  expect(asked.mock.calls[1]?.[1]?.body).toBe(JSON.stringify({ user: "AC1", secret: "secret" }));
});

it("tells of a wrong secret in the server's words", async () => {
  answering([401, { detail: "user and secret do not belong together" }]);
  await expect(signIn("AC1", "wrong")).rejects.toThrow("user and secret do not belong together");
});

it("a refusal of anything else is an error of its own", async () => {
  answering([401, { detail: "sign in" }]);
  await expect(get("/admin/api/status")).rejects.toMatchObject({ status: 401 });
});
