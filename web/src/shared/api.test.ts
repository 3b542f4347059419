import { afterEach, describe, expect, it, vi } from "vitest";
import { api, phonePath } from "./api";
import { ApiError, toApiError } from "./api-error";

afterEach(() => vi.unstubAllGlobals());

function answerWith(status: number, body: string) {
  const asked = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(body === "" ? null : body, { status })),
  );
  vi.stubGlobal("fetch", asked);
  return asked;
}

describe("toApiError", () => {
  it("takes back the complaint about one field, and itself with the last", () => {
    const error = new ApiError(422, "Please correct the marked fields.", { a: "Too long", b: "Missing" });
    expect(error.without("c")).toBe(error);
    expect(error.without("a")?.fields).toEqual({ b: "Missing" });
    expect(error.without("a")?.without("b")).toBeNull();
  });

  it("puts problem details at the fields that their pointers name", () => {
    const error = toApiError(400, {
      title: "Bad call",
      status: 400,
      detail: "The call was not placed.",
      errors: [{ pointer: "#/to", message: "Not a number." }],
    });
    expect(error.message).toBe("The call was not placed.");
    expect(error.fields).toEqual({ to: "Not a number." });
  });

  it("puts a notification's 422 at the last name of each location, the first complaint of a field only", () => {
    const detail = [
      { type: "value_error", loc: ["body", "phone_number"], msg: "Value error, not E.164", input: "12" },
      { type: "value_error", loc: ["body", "phone_number"], msg: "too short", input: "12" },
      { type: "missing", loc: ["body", "task_title"], msg: "Field required", input: {} },
    ];
    expect(toApiError(422, { detail }).fields).toEqual({
      phone_number: "Not E.164",
      task_title: "Field required",
    });
  });

  it("takes the sentence of a 503 as it is", () => {
    expect(toApiError(503, { detail: "Twilio service not initialized." }).message).toBe(
      "Twilio service not initialized.",
    );
  });

  it("tells the cause with an error that names none", () => {
    const error = toApiError(503, { error: "Service unavailable", message: "the disk is full" });
    expect(error.message).toBe("Service unavailable: the disk is full");
    expect(toApiError(404, { error: "Group not found", groupId: 7 }).message).toBe("Group not found");
  });

  it("finds words for answers without any", () => {
    expect(toApiError(502, undefined).message).toContain("502");
    expect(toApiError(500, { detail: "" }).message).toContain("500");
    expect(toApiError(0, undefined).message).toContain("does not answer");
    expect(toApiError(422, { detail: [null, 7] }).message).toContain("422");
  });
});

describe("api", () => {
  it("percent-encodes numbers in paths", () => {
    expect(phonePath("+12025550142", "/press")).toBe("/sim/phones/%2B12025550142/press");
    expect(phonePath("*55#")).toBe("/sim/phones/*55%23");
  });

  it("sends changes as JSON to its own origin", async () => {
    const asked = answerWith(200, "{}");
    await api.press("+11", "5#");
    const [path, init] = asked.mock.calls[0] ?? [];
    expect(path).toBe("/sim/phones/%2B11/press");
    expect(init).toMatchObject({ method: "POST", credentials: "same-origin", body: '{"digits":"5#"}' });
    expect(init?.headers).toMatchObject({ "content-type": "application/json" });
  });

  it("asks for a page of calls with the filters that are set", async () => {
    const asked = answerWith(200, '{"items":[],"nextCursor":null}');
    await api.calls({ status: "busy", number: "+1 202", cursor: null });
    expect(asked.mock.calls[0]?.[0]).toBe("/admin/api/calls?limit=50&status=busy&number=%2B1+202");
  });

  it("accepts an empty answer", async () => {
    answerWith(204, "");
    await expect(api.forgetPhones()).resolves.toBeUndefined();
  });

  it("throws the server's words", async () => {
    answerWith(429, '{"detail":"Too many calls."}');
    await expect(api.notify({ phone_number: "+1", task_title: "x" })).rejects.toMatchObject({
      status: 429,
      message: "Too many calls.",
    });
  });

  it("says so when nobody answers, and when the answer is not Belfry's", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
    await expect(api.status()).rejects.toMatchObject({ status: 0 });
    answerWith(200, "<html>");
    await expect(api.status()).rejects.toMatchObject({ message: "Belfry's answer is not JSON." });
  });
});
