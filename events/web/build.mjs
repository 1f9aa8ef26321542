// Builds what browsers are sent, and lays the fonts of posters beside it. Called by `make assets`, after `npm ci`.
import { build } from "esbuild";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const OUT = "built";
// Old phones' browsers, and the one inside WeChat, are years behind.
const TARGET = ["chrome87", "safari14", "firefox91"];
// The worker that serves pages without a network: one address for ever, so its name holds no hash.
const WORKER = "sw.js";
const PAPER = "#fbf8f2";
const FONTS = ["noto-sans-sc/400Regular/NotoSansSC_400Regular", "noto-sans-sc/700Bold/NotoSansSC_700Bold", "noto-serif-sc/900Black/NotoSerifSC_900Black"];

rmSync(OUT, { recursive: true, force: true });
mkdirSync(`${OUT}/assets`, { recursive: true });
mkdirSync(`${OUT}/fonts`);

const found = readdirSync("assets", { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name);
const made = found.filter((name) => /\.(css|js)$/.test(name));
const options = {
  bundle: true,
  minify: true,
  legalComments: "none",
  target: TARGET,
  // Said to be broken in Safari 14.0, where only its rarest forms are.
  supported: { destructuring: true },
  logLevel: "warning",
};
await build({ ...options, entryPoints: made.filter((name) => name !== WORKER).map((name) => `assets/${name}`), outdir: `${OUT}/assets` });
await build({ ...options, entryPoints: [`assets/${WORKER}`], outfile: `${OUT}/${WORKER}` });
for (const name of found.filter((name) => !made.includes(name))) copyFileSync(`assets/${name}`, `${OUT}/assets/${name}`);
for (const path of FONTS) copyFileSync(`node_modules/@expo-google-fonts/${path}.ttf`, `${OUT}/fonts/${path.split("/").pop()}.ttf`);

// Home screens want pictures of fixed sizes. A maskable one may be cut to any shape, so the mark keeps to its middle (four fifths are safe).
await initWasm(readFileSync("node_modules/@resvg/resvg-wasm/index_bg.wasm"));
const mark = readFileSync("assets/mark.svg", "utf8");
const inner = mark.replace(/^<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
const whole = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="${PAPER}"/><g transform="translate(4.8 4.8) scale(0.7)">${inner}</g></svg>`;
for (const [name, picture, width] of [["icon-192", mark, 192], ["icon-512", mark, 512], ["icon-maskable", whole, 512], ["icon-touch", whole, 180]]) {
  writeFileSync(`${OUT}/assets/${name}.png`, new Resvg(picture, { fitTo: { mode: "width", value: width } }).render().asPng());
}
