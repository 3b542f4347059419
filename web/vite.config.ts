import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { licences } from "./build/licences";
import { noDataUrls } from "./build/no-data-urls";

/// A running Belfry for `npm run dev`; the built pages are served by Belfry itself and need none.
const server = process.env.BELFRY_URL ?? "http://127.0.0.1:8080";
const served = ["/admin", "/api", "/sim", "/notifications", "/openapi.json", "/2010-04-01", "/recordings"];

export default defineConfig({
  plugins: [react(), tailwindcss(), noDataUrls(), licences()],
  build: {
    // The Content-Security-Policy is `default-src 'self'`: nothing may become a data: URL.
    assetsInlineLimit: 0,
    // Swagger UI is one file of 1.4 MB that only /docs loads.
    chunkSizeWarningLimit: 1600,
    rollupOptions: { input: { index: "index.html", docs: "docs.html" } },
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(served.map((path) => [path, { target: server, changeOrigin: true }])),
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
