import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const dataUrl = /url\(\s*(["']?)data:image\/([a-z]+)[^;,]*(;[^,]*)?,(.*?)\1\s*\)/g;
const endings: Record<string, string> = { svg: "svg", png: "png", jpeg: "jpg" };

/// Turns pictures inside style sheets into files of their own. The pages are served with
/// `default-src 'self'`, under which a browser refuses data: URLs; Swagger UI's style sheet has a dozen.
export function noDataUrls(): Plugin {
  return {
    name: "no-data-urls",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const emitted = new Set<string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        const css = Buffer.from(file.source).toString("utf8");
        file.source = css.replace(
          dataUrl,
          (_all, _quote, kind: string, coding: string | undefined, body: string) => {
            const picture = coding?.includes("base64")
              ? Buffer.from(body, "base64")
              : Buffer.from(decodeURIComponent(unescapeCss(body)));
            const hash = createHash("sha256").update(picture).digest("hex").slice(0, 8);
            const name = `picture-${hash}.${endings[kind] ?? "bin"}`;
            if (!emitted.has(name))
              this.emitFile({ type: "asset", fileName: `assets/${name}`, source: picture });
            emitted.add(name);
            return `url(${name})`;
          },
        );
        if (/url\(\s*["']?data:/.test(file.source)) this.error(`${file.fileName} still has a data: URL`);
      }
    },
  };
}

function unescapeCss(text: string): string {
  return text.replace(/\\(["'()\\])/g, "$1");
}
