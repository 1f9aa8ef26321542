// Keeps the months and events last seen, for readers without a network. The network goes first always: what is kept is shown only where it
// fails, and marked with the time it was seen. Nothing of a person is kept: no registration, no form, no mail, no answer of the API.
const PAGES = "saili-pages";
const ASSETS = "saili-assets";
// The server writes its version before this script: another one, and browsers install it anew.
const SHELL = `saili-shell-${self.VERSION}`;
const MOST_PAGES = 24;
const MOST_ASSETS = 40;
const LANGUAGES = ["zh-CN", "en"];
const LOOKS = ["plain", "elder"];
const KEPT = /^\/(calendar\/[^.]*|events\/[0-9a-f-]{36})$/;
const LATEST = "/offline";

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

// The page that brought this worker was loaded before it could see: it says which one it is.
self.addEventListener("message", (event) => {
  if (typeof event.data?.open === "string") event.waitUntil(keepOpen(event.data.open));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

async function install() {
  const shell = await caches.open(SHELL);
  for (const address of LANGUAGES.flatMap((language) => LOOKS.map((look) => shellOf(language, look)))) {
    // Without cookies: none is read, and the look that is asked for here becomes nobody's.
    const answer = await fetch(address, { cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Error(`no ${address}`);
    await shell.put(address, answer.clone());
    const html = await answer.text();
    for (const [, path] of html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) await asset(new Request(path));
  }
  // Pages come from the network and assets have names of their content, so a new worker may take over at once.
  await self.skipWaiting();
}

const shellOf = (language, look) => `${LATEST}/${language}?look=${look}`;

async function keepOpen(address) {
  const request = new Request(address);
  if (new URL(request.url).origin !== self.location.origin || !KEPT.test(new URL(request.url).pathname)) return;
  const answer = await fetch(request);
  if (isKept(request, answer)) await remember(request, answer);
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith("saili-shell-") && name !== SHELL);
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// The name of an asset holds a hash of what it is: one that is kept never changes. Kept pages may need those of an older version.
async function asset(request) {
  const kept = await caches.match(request, { cacheName: ASSETS, ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) await put(ASSETS, request.url, answer.clone(), MOST_ASSETS);
  return answer;
}

async function page(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (isKept(request, answer)) event.waitUntil(remember(request, answer.clone()));
    return answer;
  } catch {
    return thisMonth(request) || (await stale(request)) || offline(request);
  }
}

function isKept(request, answer) {
  const html = (answer.headers.get("Content-Type") || "").startsWith("text/html");
  return answer.status === 200 && !answer.redirected && html && KEPT.test(new URL(request.url).pathname);
}

// An address without its choice of language and print: the page is kept as it was last seen.
function name(request) {
  const url = new URL(request.url);
  url.hash = "";
  for (const choice of ["lang", "look"]) url.searchParams.delete(choice);
  return url.href;
}

async function remember(request, answer) {
  const language = answer.headers.get("Content-Language");
  const look = /<html [^>]*class="elder"/.test(await answer.clone().text()) ? "elder" : "plain";
  const shell = await caches.open(SHELL);
  await shell.put(LATEST, new Response(JSON.stringify([language, look])));
  await put(PAGES, name(request), answer, MOST_PAGES);
}

// The oldest goes first: what is put again becomes the newest.
async function put(store, address, answer, most) {
  const cache = await caches.open(store);
  await cache.delete(address, { ignoreVary: true });
  await cache.put(address, answer);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(keys.length - most, 0)).map((key) => cache.delete(key, { ignoreVary: true })));
}

// The server sends /calendar on to the current month, filters and all; without it, so does the day that this device knows.
function thisMonth(request) {
  const { pathname, search, origin } = new URL(request.url);
  if (pathname !== "/" && pathname !== "/calendar") return null;
  const now = new Date();
  return Response.redirect(`${origin}/calendar/${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}${search}`, 307);
}

async function stale(request) {
  if (!KEPT.test(new URL(request.url).pathname)) return null;
  const kept = await caches.match(name(request), { cacheName: PAGES, ignoreVary: true });
  if (!kept) return null;
  const seen = new Date(kept.headers.get("Date") || 0).toISOString();
  const html = (await kept.text()).replace("<html ", `<html data-seen="${seen}" `);
  const headers = new Headers(kept.headers);
  for (const gone of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(gone);
  return new Response(html, { headers });
}

async function offline(request) {
  const shell = await caches.open(SHELL);
  const { searchParams } = new URL(request.url);
  const latest = await shell.match(LATEST);
  const [language, look] = latest ? await latest.json() : [LANGUAGES[0], LOOKS[0]];
  const chosen = (name, known, last) => (known.includes(searchParams.get(name)) ? searchParams.get(name) : last);
  return (await shell.match(shellOf(chosen("lang", LANGUAGES, language), chosen("look", LOOKS, look)))) || Response.error();
}
