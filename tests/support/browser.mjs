import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/// How long anything may take that a page is waited for: a call with speech takes 10 s.
export const patience = 30_000;

/// For pages that make calls: a microphone that beeps and is allowed, a certificate that nobody knows, calls within
/// this machine.
const forCalls = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--ignore-certificate-errors",
  "--allow-loopback-in-peer-connection",
];

/// Headless Chromium from BELFRY_CHROMIUM; `stop` ends it. What it would ask of the network by itself is switched off.
export async function startBrowser({ calls = false } = {}) {
  const executablePath = process.env.BELFRY_CHROMIUM;
  if (!executablePath) throw new Error("set BELFRY_CHROMIUM to a Chromium");
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--disable-sync",
      "--disable-component-update",
      "--autoplay-policy=no-user-gesture-required",
      ...(calls ? forCalls : []),
    ],
  });
  return { open: (belfry, options) => Visit.start(browser, belfry, options), stop: () => browser.close() };
}

/// One person's browser window on a server: its tabs, and what went wrong in any of them.
export class Visit {
  static async start(browser, belfry, options = {}) {
    const context = await browser.newContext({
      baseURL: belfry.url,
      locale: "en-GB",
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(patience);
    return new Visit(context, new URL(options.baseURL ?? belfry.url).origin);
  }

  constructor(context, origin) {
    this.context = context;
    this.complaints = [];
    context.on("request", (request) => {
      const url = new URL(request.url());
      const own = ["blob:", "data:"].includes(url.protocol) || url.origin === origin;
      if (!own) this.complaints.push(`asked another origin: ${request.url()}`);
    });
    context.on("weberror", (error) => this.complaints.push(`threw: ${error.error().stack}`));
    // A breach of the Content-Security-Policy is a console error too.
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
  }

  /// A new tab at `path`, say "/#/phones".
  async tab(path) {
    const page = await this.context.newPage();
    await page.goto(path);
    return page;
  }

  /// Closes the window. Fails when a page complained of anything but what matches `expected`.
  async close({ expected = /^$/ } = {}) {
    await this.context.close();
    assert.deepEqual(
      this.complaints.filter((complaint) => !expected.test(complaint)),
      [],
    );
  }
}

/// Waits until it is on the page; the error names the locator.
export function seen(locator) {
  return locator.waitFor({ state: "visible" });
}

/// The card of a simulated phone on the Phones page.
export function phoneCard(page, number) {
  return page.getByRole("article", { name: number });
}

/// Nothing on it is wider than its window.
export async function fits(page, where) {
  const { content, room } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  assert.ok(content <= room, `${where} is ${content} px wide on ${room} px`);
}

/// Presses Tab until what has the focus is called `name`, as somebody without a mouse does.
export async function tabTo(page, name) {
  const passed = [];
  for (let presses = 0; presses < 80; ++presses) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      // Between the last element and the first, nothing has the focus.
      if (element === document.body) return "";
      const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent;
      return (label ?? element.textContent).trim();
    });
    if (name.test(focused)) return;
    passed.push(focused);
  }
  throw new Error(`Tab never reached ${name}; it passed ${passed.join(" | ")}`);
}
