import { expect, it } from "vitest";
import type { Listener } from "../shared/types";
import { httpsAddress } from "./https-address";

const http: Listener = { kind: "http", address: "127.0.0.1:8080" };

it("keeps the name by which one came and takes the port of HTTPS", () => {
  expect(httpsAddress([http, { kind: "https", address: "127.0.0.1:8443" }], "localhost")).toBe(
    "https://localhost:8443",
  );
  expect(httpsAddress([{ kind: "https", address: "[::1]:18443" }], "[::1]")).toBe("https://[::1]:18443");
});

it("leaves out the port that needs no saying", () => {
  expect(httpsAddress([{ kind: "https", address: "0.0.0.0:443" }], "calls.example")).toBe(
    "https://calls.example",
  );
});

it("knows none where the server does not listen for HTTPS", () => {
  expect(httpsAddress([http], "localhost")).toBeNull();
});
