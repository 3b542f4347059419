import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

interface Package {
  name: string;
  version: string;
  licence: string;
  notices: string[];
}

const allowed = new Set(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "OFL-1.1"]);

/// Writes licenses.txt: the notice of every package whose code or data ends up in the pages.
/// Follows the modules that were really bundled; a package under a licence that is not listed above fails the build.
export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = packageFolder(id.replace(/^\0/, "").split("?")[0] ?? "");
        if (folder) folders.add(folder);
      }
      // Its style rules are compiled into ours, so no module of it shows up.
      folders.add(join(process.cwd(), "node_modules/tailwindcss"));
      folders.add(join(process.cwd(), "node_modules/@fontsource-variable/inter"));
      const packages = [...folders].map(readPackage).sort((a, b) => a.name.localeCompare(b.name));
      for (const found of packages) {
        if (!allowed.has(found.licence)) this.error(`${found.name} has the licence ${found.licence}`);
      }
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: render(packages) });
    },
  };
}

function packageFolder(file: string): string | undefined {
  const parts = file.split("/node_modules/");
  if (parts.length < 2) return undefined;
  const inside = (parts.at(-1) ?? "").split("/");
  const name = inside[0]?.startsWith("@") ? `${inside[0]}/${inside[1]}` : inside[0];
  const folder = `${parts.slice(0, -1).join("/node_modules/")}/node_modules/${name}`;
  return existsSync(join(folder, "package.json")) ? folder : dirname(file);
}

function readPackage(folder: string): Package {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const notices = readdirSync(folder)
    .filter((file) => /^(licen[sc]e|notice|copying|.*\.LICENSE\.txt)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name: about.name, version: about.version, licence: about.license ?? "none", notices };
}

function render(packages: Package[]): string {
  const rule = "=".repeat(80);
  const entries = packages.map(({ name, version, licence, notices }) =>
    [rule, `${name} ${version} (${licence})`, rule, ...notices].join("\n\n"),
  );
  return ["The web pages of Belfry contain the following software of others.", ...entries, ""].join("\n\n");
}
