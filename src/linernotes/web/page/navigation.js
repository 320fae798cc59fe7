// Navigation: a page takes the place of another within their frame, so that what plays goes on.
// The script of a page exports start({ main, signal }); the signal is aborted when it is left.
// Once its script listens, its main says so: data-started.
import { LEFT, Problem, UNREACHABLE, announce, trouble } from "./common.js";
import { startPlayer } from "./dock.js";
import { $, el } from "./elements.js";

const KEPT = 100; // places on pages, to come back to
const OTHER = /^\/(api|static)\//; // what is no page

let shown = new AbortController();
let asked = null; // the page that comes next
let visit = ""; // each page that is shown has one, and the entries of the history within it
let scrolls = {};

const newVisit = () => `${Date.now()}-${Math.random()}`;
const nameOf = ({ origin, pathname, search }) => origin + pathname + search;

/** Go to a page from a script, as a link would. */
export function navigate(address, { replace = false } = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || OTHER.test(url.pathname)) return location.assign(url);
  const how = replace || url.href === location.href ? "replaceState" : "pushState";
  return turn(url, { again: () => navigate(url, { replace }), leave: () => location.assign(url), move: (to) => history[how]({ visit: newVisit() }, "", to) });
}

async function turn(url, { again, leave, move, scroll = null }) {
  asked?.abort();
  const mine = (asked = new AbortController());
  let styles = null;
  try {
    const found = await fetchPage(url, mine.signal);
    const script = found.page?.querySelector("main")?.dataset.script;
    // What is no page of this kind, or wants the token first, is the browser's concern.
    if (!script || found.status === 401) return leave();
    styles = await loadStyles(found.page);
    const { start } = await import(`/static/${script}.js`);
    if (mine.signal.aborted) return styles.forget();
    const address = new URL(found.address);
    address.hash = url.hash;
    show(found.page, start, { styles, scroll, hash: url.hash, move: () => move(address) });
  } catch (error) {
    styles?.forget();
    if (mine.signal.aborted) return;
    const problem = error instanceof Problem ? error : new Problem(0, "unreachable", UNREACHABLE);
    $("unreached")?.remove();
    $("main").prepend(el("div", { id: "unreached" }, trouble(problem, again)));
    scrollTo({ top: 0, behavior: "instant" });
  }
}

function show(page, start, { styles, scroll, hash, move }) {
  asked = null;
  shown.abort(LEFT);
  shown = new AbortController();
  move();
  visit = history.state.visit;
  const main = document.adoptNode(page.querySelector("main"));
  for (const each of main.querySelectorAll("noscript")) each.remove();
  styles.apply();
  $("main").replaceWith(main);
  document.title = page.title;
  for (const link of document.querySelectorAll(".masthead nav a")) {
    const same = page.querySelector(`.masthead nav a[href="${link.getAttribute("href")}"]`);
    link.toggleAttribute("aria-current", Boolean(same?.hasAttribute("aria-current")));
    if (link.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
  }
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
  announce(page.title);
  start({ main, signal: shown.signal });
  main.dataset.started = "";
  const named = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (scroll === null && named) named.scrollIntoView({ behavior: "instant" });
  else scrollBack(scroll ?? 0);
}

/** Only XMLHttpRequest makes a document of an answer where scripts must not make one of a text. */
function fetchPage(url, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", nameOf(url));
    request.responseType = "document";
    request.addEventListener("load", () => resolve({ status: request.status, page: request.response, address: request.responseURL }));
    request.addEventListener("error", () => reject(new Problem(0, "unreachable", UNREACHABLE)));
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort());
    request.send();
  });
}

/** Load the styles of a page beside those of the one that is shown. */
async function loadStyles(page) {
  const here = [...document.querySelectorAll("link[data-page]")];
  const wanted = [...page.querySelectorAll("link[data-page]")].map((link) => link.getAttribute("href"));
  const known = here.map((link) => link.getAttribute("href"));
  const made = wanted
    .filter((href) => !known.includes(href))
    .map((href) => el("link", { rel: "stylesheet", href, media: "not all", "data-page": true }));
  const loaded = made.map((link) => new Promise((resolve) => ["load", "error"].forEach((name) => link.addEventListener(name, resolve))));
  document.head.append(...made);
  await Promise.all(loaded);
  return {
    forget: () => made.forEach((link) => link.remove()),
    apply() {
      for (const link of made) link.media = "all";
      for (const link of here) if (!wanted.includes(link.getAttribute("href"))) link.remove();
    },
  };
}

/** Scroll to where one was, as soon as the page is that long again, unless somebody scrolls. */
function scrollBack(top) {
  const reach = () => {
    scrollTo({ top, behavior: "instant" });
    return Math.abs(scrollY - top) < 2;
  };
  if (reach()) return;
  const over = new AbortController();
  const growth = new ResizeObserver(() => reach() && over.abort());
  over.signal.addEventListener("abort", () => growth.disconnect());
  shown.signal.addEventListener("abort", () => over.abort(), { signal: over.signal });
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(name, () => over.abort(), { signal: over.signal, passive: true });
  growth.observe($("main"));
}

function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.hasAttribute("download") || (link.target && link.target !== "_self")) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || OTHER.test(url.pathname)) return;
  if (url.hash && nameOf(url) === nameOf(location)) return; // a place on this page
  event.preventDefault();
  navigate(url);
}

function goBack({ state }) {
  // Places on one page that were gone to by a link share its visit.
  if (!state?.visit) return history.replaceState({ visit }, "");
  if (state.visit === visit) return asked?.abort();
  const back = () => turn(new URL(location.href), { again: back, leave: () => location.reload(), move: () => {}, scroll: scrolls[state.visit] ?? 0 });
  back();
}

function begin() {
  history.scrollRestoration = "manual";
  if (!history.state?.visit) history.replaceState({ visit: newVisit() }, "");
  visit = history.state.visit;
  try {
    scrolls = JSON.parse(sessionStorage.getItem("scrolls")) ?? {};
  } catch { /* none is known */ }
  addEventListener("scroll", () => (scrolls[visit] = scrollY), { passive: true });
  addEventListener("pagehide", () => sessionStorage.setItem("scrolls", JSON.stringify(Object.fromEntries(Object.entries(scrolls).slice(-KEPT)))));
  addEventListener("popstate", goBack);
  document.addEventListener("click", follow);
  startPlayer({ navigate });
  const main = $("main");
  const { signal } = shown;
  const first = async () => {
    try {
      const { start } = await import(`/static/${main.dataset.script}.js`);
      if (signal.aborted) return;
      start({ main, signal });
      main.dataset.started = "";
      if (scrolls[visit]) scrollBack(scrolls[visit]);
    } catch (error) {
      main.prepend(trouble(new Problem(0, "unreachable", UNREACHABLE), () => location.reload()));
      throw error;
    }
  };
  first();
}
begin();
