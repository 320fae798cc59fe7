// What all pages share: asking the server, saying things, playing tracks.
import { $, el } from "./elements.js";
import { percent } from "./format.js";

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const SHAPES = {
  play: "M7 4l13 8-13 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  stop: "M5 5h14v14H5z",
  record: "M12 5a7 7 0 1 0 .01 0z",
  link: "M10.600 13.400a1 1 0 0 1-1.400 0 5 5 0 0 1 0-7.100l3-3a5 5 0 0 1 7.100 7.100l-1.300 1.200a1 1 0 1 1-1.400-1.400l1.300-1.200a3 3 0 0 0-4.300-4.300l-3 3a3 3 0 0 0 0 4.300 1 1 0 0 1 0 1.400zm2.800-2.800a1 1 0 0 1 1.400 0 5 5 0 0 1 0 7.100l-3 3a5 5 0 0 1-7.100-7.100l1.300-1.200a1 1 0 1 1 1.400 1.400l-1.300 1.200a3 3 0 0 0 4.300 4.300l3-3a3 3 0 0 0 0-4.300 1 1 0 0 1 0-1.400z",
  save: "M11 3h2v9.200l3.300-3.300 1.400 1.400L12 16l-5.700-5.700 1.400-1.400 3.300 3.300zM4 18h16v2H4z",
};
export const icon = (name) =>
  svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: SHAPES[name] }));

export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const UNREACHABLE = "The server cannot be reached. Is linernotes serve still running?";

export async function problemOf(response) {
  try {
    const { error } = await response.json();
    return new Problem(response.status, error.code, error.message);
  } catch {
    return new Problem(response.status, "web", `The server answered with ${response.status}.`);
  }
}

/** Why the signal of a page that is left is aborted. */
export const LEFT = new DOMException("the page was left", "AbortError");

/** What was asked for a page that is left by now is never answered, so that nothing of it goes on. */
async function whileThere(signal, asked) {
  try {
    const answer = await asked;
    if (signal?.reason !== LEFT) return answer;
  } catch (error) {
    if (signal?.reason !== LEFT) throw error;
  }
  return new Promise(() => {});
}

/** Ask the API; the answer is JSON or nothing, or what else it is read as. */
export const api = (path, options = {}) => whileThere(options.signal, ask(path, options));
/** The same for a page, as long as it is shown. */
export const apiFor = (signal) => (path, options) => api(path, { signal, ...options });

async function ask(path, { method = "GET", body, signal, as = "json" }) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      signal,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "unreachable", UNREACHABLE);
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : response[as]();
}

export const query = (values) => {
  const made = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== "" && each !== null && each !== undefined && each !== false) made.append(key, each);
    }
  }
  return made.toString();
};

const ENDED = ["done", "failed", "stopped"];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// A browser opens six connections to a server at most, and streams hold theirs.
const STREAMS = 2;
let streams = 0;

/** Follow a job to its end; of many at once most are asked about now and then. */
export const follow = (id, tell, { signal } = {}) => whileThere(signal, wait(id, tell, signal));

async function wait(id, tell, signal) {
  while (streams >= STREAMS) {
    const job = await ask(`/jobs/${encodeURIComponent(id)}`, { signal });
    tell(job);
    if (ENDED.includes(job.state)) return job;
    await pause(700);
  }
  streams++;
  try {
    return await stream(id, tell, signal);
  } finally {
    streams--;
  }
}

function stream(id, tell, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const source = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`);
    signal?.addEventListener("abort", () => {
      source.close();
      reject(signal.reason);
    });
    source.addEventListener("progress", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("end", (event) => {
      source.close();
      const job = JSON.parse(event.data);
      tell(job);
      resolve(job);
    });
    source.addEventListener("error", async () => {
      if (source.readyState !== EventSource.CLOSED) return; // it connects again by itself
      // The server refused: it does not know the job, or too many watch.
      try {
        const job = await ask(`/jobs/${encodeURIComponent(id)}`, { signal });
        if (ENDED.includes(job.state)) resolve(job);
        else setTimeout(() => stream(id, tell, signal).then(resolve, reject), 2000);
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Say something to people who do not see the page. */
export function announce(text) {
  let place = $("announcements");
  if (!place) {
    place = el("p", { id: "announcements", class: "unseen", role: "status" });
    document.body.append(place);
  }
  place.textContent = text;
}

export const plainKey = (key) => (key ? key.replace("b ", "\u266d ").replace("# ", "\u266f ") : "");
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** A box that says what went wrong, and offers to try again. */
export function trouble(error, again) {
  return el(
    "div",
    { class: "notice bad", role: "alert" },
    el("p", {}, sentence(error.message || String(error))),
    again ? el("p", {}, el("button", { type: "button", onclick: again }, "Try again")) : null,
  );
}

export function meter(share, kind = "plain") {
  const bar = el("i", { class: kind });
  bar.style.width = `${(100 * share).toFixed(1)}%`;
  return el("span", { class: "meter", "aria-hidden": "true" }, bar);
}

export function bars(rows, label) {
  return el(
    "table",
    { class: "bars", "aria-label": label },
    el(
      "tbody",
      {},
      rows.map(({ name, probability, kind }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, name),
          el("td", {}, meter(probability, kind)),
          el("td", { class: "number" }, percent(probability)),
        ),
      ),
    ),
  );
}

// Only one thing plays at a time.
document.addEventListener(
  "play",
  (event) => {
    for (const other of document.querySelectorAll("audio")) if (other !== event.target) other.pause();
  },
  true,
);

/** The player at the foot of the page, for tracks of the library. */
const dock = (() => {
  const title = el("p");
  const player = el("audio", { controls: true, preload: "none", "aria-label": "Player" });
  const close = el("button", { type: "button", onclick: () => hide() }, "Close");
  const box = el("aside", { class: "dock", "aria-label": "Now playing", hidden: true }, title, player, close);
  let current = null;
  const buttons = new Set();
  const show = () => {
    for (const button of buttons) {
      if (!button.isConnected && button.dataset.placed) {
        buttons.delete(button);
        continue;
      }
      if (button.isConnected) button.dataset.placed = "1";
      const plays = button.dataset.track === current && !player.paused;
      button.replaceChildren(icon(plays ? "pause" : "play"));
      button.setAttribute("aria-label", `${plays ? "Pause" : "Play"} ${button.dataset.title}`);
    }
  };
  const hide = () => {
    player.pause();
    player.removeAttribute("src");
    current = null;
    box.hidden = true;
    show();
  };
  for (const name of ["play", "pause", "ended"]) player.addEventListener(name, show);
  player.addEventListener("error", () => {
    if (!player.getAttribute("src")) return;
    title.textContent = "This file is gone, or this browser cannot play its format.";
    announce(title.textContent);
  });
  const toggle = (track, { stop = true } = {}) => {
    if (!box.isConnected) document.querySelector("footer").before(box);
    if (current === track.track_id) {
      if (player.paused) player.play().catch(() => {});
      else if (stop) player.pause();
      return;
    }
    current = track.track_id;
    title.replaceChildren(el("b", {}, el("bdi", {}, track.title)), track.artist ? ` ${track.artist}` : "");
    box.hidden = false;
    player.src = `/api/v1/tracks/${encodeURIComponent(track.track_id)}/audio`;
    player.play().catch(() => {});
    show();
  };
  const button = (track) => {
    const made = el("button", {
      type: "button",
      "data-track": track.track_id,
      "data-title": track.title,
      onclick: () => toggle(track),
    });
    buttons.add(made);
    show();
    return made;
  };
  return { toggle, button, player };
})();
export const playTrack = dock.toggle;
export const playButton = dock.button;
export const dockPlayer = dock.player;

export function matchList(matches) {
  return el(
    "ol",
    { class: "matches" },
    matches.map((match) =>
      el(
        "li",
        {},
        el("span", { class: "play" }, playButton(match)),
        el(
          "div",
          {},
          el(
            "p",
            {},
            el("a", { href: `/track/${encodeURIComponent(match.track_id)}` }, el("bdi", {}, match.title)),
            match.artist ? el("span", { class: "quiet" }, " ", el("bdi", {}, match.artist)) : null,
          ),
          match.why ? el("p", { class: "small quiet" }, match.why) : null,
        ),
      ),
    ),
  );
}

/** Give a click its answer at once, wherever the clipboard is. */
export async function copyLink(button, address) {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    said = address; // no clipboard without https: it is shown, to be copied by hand
  }
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = said;
  announce(said);
  setTimeout(() => (label.textContent = before), 4000);
}
