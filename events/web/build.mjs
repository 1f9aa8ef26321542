// Builds what browsers are sent, and lays the fonts of posters beside it. Called by `make assets`, after `npm ci`.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";

const OUT = "built";
// Old phones' browsers, and the one inside WeChat, are years behind.
const TARGET = ["chrome87", "safari14", "firefox91"];
const FONTS = ["noto-sans-sc/400Regular/NotoSansSC_400Regular", "noto-sans-sc/700Bold/NotoSansSC_700Bold", "noto-serif-sc/900Black/NotoSerifSC_900Black"];

rmSync(OUT, { recursive: true, force: true });
mkdirSync(`${OUT}/assets`, { recursive: true });
mkdirSync(`${OUT}/fonts`);

const found = readdirSync("assets", { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name);
const made = found.filter((name) => /\.(css|js)$/.test(name));
await build({
  entryPoints: made.map((name) => `assets/${name}`),
  outdir: `${OUT}/assets`,
  bundle: true,
  minify: true,
  legalComments: "none",
  target: TARGET,
  logLevel: "warning",
});
for (const name of found.filter((name) => !made.includes(name))) copyFileSync(`assets/${name}`, `${OUT}/assets/${name}`);
for (const path of FONTS) copyFileSync(`node_modules/@expo-google-fonts/${path}.ttf`, `${OUT}/fonts/${path.split("/").pop()}.ttf`);
