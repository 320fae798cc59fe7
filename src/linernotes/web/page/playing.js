// What plays: a queue of tracks and one engine for all pages. How it looks is drawn elsewhere.
// A track is one of the library ({ track_id, title, artist, … }), or a sound that only this page
// knows ({ key, src, href, title, artist }).
import { announce } from "./say.js";
import { api } from "./server.js";

const KEPT = 1000; // tracks that are remembered, around the one that plays
const BEFORE = 100;
const ALIKE = 10; // tracks that a queue goes on with
const MOST_PLAYED = 2000; // of these, none comes again
const SOON = 25; // seconds before the end, in which the next track is fetched
const REST = 250; // ms
const AGAIN = 3; // seconds after which "previous" begins this track anew
const PLACE = "linernotes-playing";
const FAILED = "The file is gone, or this browser cannot play its format.";

const [first, second] = [new Audio(), new Audio()];
const changes = new EventTarget();
const tabs = new BroadcastChannel("linernotes-playing");
let [active, other] = [first, second];
let queue = [];
let at = -1;
let [shuffled, repeat, goesOn] = [false, "none", true]; // repeat: none, all, one
let numbered = 0;
let from = null; // the second to begin at, until the sound is there
let failures = 0;
let wanted = false; // that it plays
let asking = null; // what sounds alike
let problem = "";
let [offset, seeking] = [0, 0]; // of what is converted: where it begins, and a jump in it that waits

for (const audio of [first, second]) {
  audio.preload = "none";
  audio.volume = 1;
}

const told = (name) => changes.dispatchEvent(new Event(name));
const changed = () => {
  keep();
  told("change");
};
export const keyOf = (track) => track.track_id ?? track.key;
const sourceOf = (track) => track.src ?? `/api/v1/tracks/${encodeURIComponent(track.track_id)}/audio`;
/** Of a format that this browser does not play: made MP3 by the server as it goes, from a second on. */
const convertedOf = (track, second) => `${sourceOf(track)}?format=mp3&start=${second.toFixed(2)}`;
export const linkOf = (track) => track.href ?? (track.track_id ? `/track/${encodeURIComponent(track.track_id)}` : null);

/** Call something whenever another track, play, pause or a setting changes, or time passes. */
export function onPlaying(signal, { change, time }) {
  if (change) changes.addEventListener("change", change, { signal });
  if (time) for (const name of ["time", "change"]) changes.addEventListener(name, time, { signal });
}

/** What plays and how, at this moment. */
export const playing = {
  get track() {
    return queue[at] ?? null;
  },
  get queue() {
    return queue;
  },
  get at() {
    return at;
  },
  get paused() {
    return active.paused;
  },
  get second() {
    return from ?? offset + active.currentTime;
  },
  get duration() {
    if (queue[at]?.converted) return queue[at].duration ?? 0;
    return Number.isFinite(active.duration) ? active.duration : (queue[at]?.duration ?? 0);
  },
  get volume() {
    return active.muted ? 0 : active.volume;
  },
  get shuffled() {
    return shuffled;
  },
  get repeat() {
    return repeat;
  },
  get goesOn() {
    return goesOn;
  },
  get problem() {
    return problem;
  },
  is: (track) => at >= 0 && keyOf(queue[at]) === keyOf(track),
};

// The queue.

const numberedTracks = (tracks) => tracks.map((track) => ({ ...track, number: numbered++ }));

function shuffleRest() {
  for (let i = queue.length - 1; i > at + 1; i--) {
    const j = at + 1 + Math.floor(Math.random() * (i - at));
    [queue[i], queue[j]] = [queue[j], queue[i]];
  }
}

/** Play tracks from one of them on, in the place of what was in the queue. */
export function playTracks(tracks, index = 0) {
  queue = numberedTracks(tracks);
  at = index;
  if (shuffled) {
    [queue[0], queue[at]] = [queue[at], queue[0]];
    at = 0;
    shuffleRest();
  }
  failures = 0;
  begin(at);
}

/** Play a track, or pause it; with others it is played among them. */
export function playTrack(track, { stop = true, second = null, among = [track] } = {}) {
  if (playing.is(track)) {
    if (second !== null) seek(second);
    if (active.paused) play();
    else if (stop && second === null) pause();
    return;
  }
  playTracks(among, Math.max(0, among.findIndex((each) => keyOf(each) === keyOf(track))));
  if (second) seek(second);
}

/** Put tracks at the end of the queue. */
export function enqueue(tracks) {
  if (!queue.length) return playTracks(tracks);
  queue.push(...numberedTracks(tracks));
  if (shuffled) shuffleRest();
  changed();
}

/** Put tracks after the one that plays. */
export function playNext(tracks) {
  if (!queue.length) return playTracks(tracks);
  queue.splice(at + 1, 0, ...numberedTracks(tracks));
  changed();
}

export function removeAt(index) {
  if (index === at) {
    if (queue.length === 1) return close();
    queue.splice(index, 1);
    return begin(Math.min(index, queue.length - 1), { plays: !active.paused });
  }
  queue.splice(index, 1);
  if (index < at) at--;
  changed();
}

export function moveTo(index, place) {
  const current = queue[at];
  const [moved] = queue.splice(index, 1);
  queue.splice(place, 0, moved);
  at = queue.indexOf(current);
  changed();
}

export function shuffle(on) {
  shuffled = on;
  const current = queue[at];
  if (on) {
    // What was before comes again, but this track goes on.
    queue = [current, ...queue.filter((track) => track !== current)];
    at = 0;
    shuffleRest();
  } else {
    queue.sort((a, b) => a.number - b.number);
    at = queue.indexOf(current);
  }
  changed();
}

export function setRepeat(way) {
  repeat = way;
  changed();
}

export function setGoesOn(on) {
  goesOn = on;
  if (!on) queue = queue.filter((track, i) => i <= at || !track.found);
  changed();
}

// The engine.

function begin(index, { plays = true, start = 0 } = {}) {
  at = index;
  const track = queue[at];
  problem = "";
  active.pause();
  clearTimeout(seeking);
  wanted = plays;
  offset = track.converted ? start : 0;
  if (other.dataset.key === keyOf(track) && !other.error && !offset) [active, other] = [other, active];
  else {
    active.preload = plays || start ? "auto" : "metadata";
    active.src = track.converted ? convertedOf(track, start) : sourceOf(track);
    active.dataset.key = keyOf(track);
  }
  active.toggleAttribute("data-active", true);
  other.toggleAttribute("data-active", false);
  release(other);
  from = track.converted ? null : start || null;
  if (active.readyState) goToStart(active);
  if (plays) play();
  changed();
}

function release(audio) {
  audio.pause();
  audio.removeAttribute("src");
  delete audio.dataset.key;
  audio.load();
}

function goToStart(audio) {
  if (queue[at].converted) return told("time");
  if (audio.duration === Infinity) {
    // What was recorded here does not say how long it is until it has been looked through.
    audio.addEventListener("durationchange", () => goToStart(audio), { once: true });
    audio.currentTime = 1e9;
    from ??= 0;
    return;
  }
  audio.currentTime = from ?? 0;
  from = null;
  told("time");
}

export function play() {
  if (at < 0) return;
  wanted = true;
  active.preload = "auto";
  active.play().catch(() => {}); // what cannot be played is told by its error
}
export function pause() {
  wanted = false;
  active.pause();
}
export const toggle = () => (active.paused ? play() : pause());

export function seek(to) {
  if (at < 0) return;
  const place = Math.max(0, playing.duration ? Math.min(to, playing.duration - 0.05) : to);
  if (queue[at].converted) {
    // It is made anew from there, once that rests.
    from = place;
    const plays = !active.paused;
    clearTimeout(seeking);
    seeking = setTimeout(() => begin(at, { plays, start: place }), REST);
  } else if (active.readyState) active.currentTime = place;
  else from = place;
  told("time");
  keep();
}

export function setVolume(volume) {
  for (const audio of [first, second]) {
    audio.volume = Math.max(0, Math.min(1, volume));
    audio.muted = false;
  }
  changed();
}
export function toggleSound() {
  for (const audio of [first, second]) audio.muted = !audio.muted;
  changed();
}

export async function next({ asked = true } = {}) {
  if (at < 0) return;
  if (repeat === "one" && !asked) return begin(at);
  if (at + 1 >= queue.length && repeat !== "all" && goesOn) await goOn();
  if (at + 1 < queue.length) begin(at + 1);
  else if (repeat === "all" && queue.length > 0) begin(0);
  else if (asked) seek(playing.duration);
  else told("change");
}

export function previous() {
  if (at < 0) return;
  if (playing.second > AGAIN || at === 0) seek(0);
  else begin(at - 1);
}

export const jumpTo = (index) => begin(index);

export function close() {
  release(active);
  release(other);
  [queue, at, from, problem] = [[], -1, null, ""];
  changed();
}

/** When the queue ends, what sounds like its last tracks comes. */
async function goOn() {
  const known = queue.filter((track) => track.track_id && !track.failed);
  if (!known.length) return;
  asking ??= (async () => {
    try {
      const seeds = known.slice(-3).map((track) => track.track_id);
      const played = queue.filter((track) => track.track_id).slice(-MOST_PLAYED).map((track) => track.track_id);
      const { matches } = await api("/radio", { method: "POST", body: { tracks: seeds, played, n: ALIKE } });
      const heard = new Set(played);
      const fresh = matches.filter((match) => !heard.has(match.track_id));
      queue.push(...numberedTracks(fresh.map(({ track_id, title, artist }) => ({ track_id, title, artist, found: true }))));
      if (fresh.length) changed();
    } catch { /* the queue ends, then */ }
    asking = null;
  })();
  await asking;
}

async function fetchNext() {
  if (repeat === "one" || asking) return;
  if (at + 1 >= queue.length && repeat === "none" && goesOn) await goOn();
  const following = queue[at + 1] ?? (repeat === "all" ? queue[0] : null);
  if (!following || other.dataset.key === keyOf(following) || playing.is(following)) return;
  other.preload = "auto";
  other.src = following.converted ? convertedOf(following, 0) : sourceOf(following);
  other.dataset.key = keyOf(following);
}

function fail() {
  const track = queue[at];
  if (track.track_id && !track.converted) {
    const start = playing.second;
    track.converted = true;
    return begin(at, { plays: wanted, start });
  }
  track.failed = true;
  problem = FAILED;
  failures++;
  announce(`${track.title}: ${FAILED}`);
  const goes = failures < Math.min(queue.length, 20) && (at + 1 < queue.length || repeat === "all");
  changed();
  if (goes) {
    const said = problem;
    next({ asked: false }).then(() => {
      problem = `${track.title}: ${said}`;
      told("change");
    });
  }
}

for (const audio of [first, second]) {
  const mine = (act) => () => audio === active && at >= 0 && act();
  audio.addEventListener("loadedmetadata", mine(() => (from !== null || audio.duration === Infinity ? goToStart(audio) : told("time"))));
  audio.addEventListener("durationchange", mine(() => told("time")));
  audio.addEventListener("timeupdate", mine(() => {
    told("time");
    if (audio.duration - audio.currentTime < SOON && !audio.paused) fetchNext();
  }));
  audio.addEventListener("seeked", mine(() => told("time")));
  audio.addEventListener("play", mine(() => {
    tabs.postMessage("play");
    changed();
  }));
  audio.addEventListener("playing", mine(() => (failures = 0)));
  audio.addEventListener("pause", mine(changed));
  audio.addEventListener("ended", mine(() => next({ asked: false })));
  audio.addEventListener("error", mine(() => audio.hasAttribute("src") && fail()));
}
// Only one thing plays at a time, whichever window it is in.
tabs.addEventListener("message", pause);

// What is remembered: the queue by this browser, whether it played by this window.

function keep() {
  const start = Math.max(0, at - BEFORE);
  const kept = queue.map((track, i) => [track, i]).slice(start, start + KEPT).filter(([track]) => track.track_id);
  const mark = kept.findIndex(([, i]) => i === at);
  const tracks = kept.map(([{ track_id, title, artist, album, duration, number }]) => ({ track_id, title, artist, album, duration, number }));
  try {
    const value = { tracks, at: mark, second: playing.second, volume: active.volume, shuffled, repeat, goesOn };
    localStorage.setItem(PLACE, JSON.stringify(value));
    sessionStorage.setItem(PLACE, active.paused ? "" : "plays");
  } catch { /* a browser that keeps nothing, or has no room */ }
}

/** Take up what was remembered; it plays on where it played in this window, if the browser lets it. */
export function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE)) ?? {};
    const plays = sessionStorage.getItem(PLACE) === "plays";
    const proper = (track) => typeof track?.track_id === "string" && typeof track.title === "string";
    [shuffled, goesOn] = [kept.shuffled === true, kept.goesOn !== false];
    repeat = ["all", "one"].includes(kept.repeat) ? kept.repeat : "none";
    if (Number.isFinite(kept.volume)) for (const audio of [first, second]) audio.volume = Math.max(0, Math.min(1, kept.volume));
    const tracks = (Array.isArray(kept.tracks) ? kept.tracks : []).filter(proper);
    if (!tracks.length || !(kept.at >= 0 && kept.at < tracks.length)) return;
    queue = tracks;
    numbered = 1 + Math.max(...queue.map((track) => (track.number = Number.isFinite(track.number) ? track.number : 0)));
    begin(kept.at, { plays, start: Number.isFinite(kept.second) ? Math.max(0, kept.second) : 0 });
  } catch { /* what was kept is of no use */ }
}
setInterval(() => at >= 0 && !active.paused && keep(), 4000);
addEventListener("pagehide", keep);

/** The elements that make the sound; they have no controls of their own. */
export const sounds = [first, second];
