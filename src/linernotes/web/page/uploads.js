// Tracks that were given to be identified: sent one after the other, and followed to their end,
// whatever page is shown meanwhile. The window remembers them when it is loaded again.
import { Problem, announce, api, follow, query } from "./common.js";

const KEY = "linernotes-uploads";
const KEPT = 50;
const TRIES = 20; // while the server has too much to do
const ENDED = ["done", "failed", "stopped"];

export const jobs = [];
const changes = new EventTarget();
let limit = Infinity;
let numbered = 0;
let sending = Promise.resolve(); // one after the other, so that the first is heard soonest

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Call something whenever one of them changes. */
export const onUploads = (signal, { change, done }) => {
  changes.addEventListener("change", change, { signal });
  changes.addEventListener("done", ({ detail }) => done(detail), { signal });
};
export const limitUploads = (bytes) => (limit = bytes);
/** The sound of a result, if it was given in this window. */
export const soundOf = (id) => jobs.find((job) => job.id === id)?.file ?? null;
/** What a track is called: as its file's tags say, else as its file. */
export const calledOf = ({ progress, name }) => ({ title: progress?.title || name, artist: progress?.title ? (progress.artist ?? "") : "" });

function changed() {
  const kept = jobs.filter(({ id }) => id).slice(-KEPT);
  const plain = kept.map(({ id, name, state, problem, progress }) => ({ id, name, state, problem, progress: { title: progress?.title, artist: progress?.artist } }));
  try {
    sessionStorage.setItem(KEY, JSON.stringify(plain));
  } catch { /* it is full: they are remembered until the page is loaded again */ }
  changes.dispatchEvent(new Event("change"));
}

const add = (job) => {
  const made = { number: numbered++, file: null, uploaded: 1, progress: {}, problem: null, models: [], ...job };
  jobs.push(made);
  return made;
};

/** Give tracks; models are names, none for the usual ones. */
export function give(files, models = []) {
  for (const file of files) {
    const job = add({ file, name: file.name || "recording", uploaded: 0, state: "waiting", models });
    sending = sending.then(() => (job.state === "stopped" ? null : Promise.race([run(job), whileSent(job)])));
  }
  changed();
}

export function stop(job) {
  job.state = "stopped";
  job.request?.abort();
  if (job.id) api(`/jobs/${encodeURIComponent(job.id)}`, { method: "DELETE" }).catch(() => {});
  announce(`${job.name} is stopped`);
  changed();
}

export function giveAgain(job) {
  jobs.splice(jobs.indexOf(job), 1);
  give([job.file], job.models);
}

export function forgetEnded() {
  for (const job of jobs.filter(({ state, problem }) => problem || ENDED.includes(state))) jobs.splice(jobs.indexOf(job), 1);
  changed();
}

const whileSent = async (job) => {
  while (job.uploaded < 1 && !job.problem && job.state !== "stopped") await pause(50);
};

/** Send a file; fetch cannot tell how far that is. */
function send(job) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    job.request = request;
    request.open("POST", `/api/v1/identifications?${query({ name: job.name, model: job.models })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) job.uploaded = Math.min(0.99, event.loaded / event.total);
      changed();
    });
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch { /* told below */ }
      if (request.status === 202) resolve(answer);
      else reject(new Problem(request.status, answer.error?.code, answer.error?.message ?? `The server answered with ${request.status}.`));
    });
    request.addEventListener("error", () => reject(new Problem(0, "unreachable", "The connection was lost. Is linernotes serve still running?")));
    request.addEventListener("abort", () => reject(new Problem(0, "stopped", "")));
    request.send(job.file);
  });
}

async function run(job) {
  try {
    if (job.file.size > limit) throw new Problem(413, "too-large", `files of up to ${Math.round(limit / 1e6)} MB are taken; this one has ${Math.round(job.file.size / 1e6)} MB`);
    let accepted = null;
    for (let tries = 0; !accepted; tries++) {
      try {
        accepted = await send(job);
      } catch (error) {
        if (error.status !== 429 || tries >= TRIES) throw error;
        job.uploaded = 0;
        await pause(3000);
        if (job.state === "stopped") return;
      }
    }
    Object.assign(job, { id: accepted.id, uploaded: 1, state: accepted.state });
    changed();
    await watch(job);
  } catch (error) {
    fail(job, error);
  }
  changed();
}

function fail(job, error) {
  if (error.code === "stopped") return;
  job.problem = error.message;
  announce(`${job.name}: ${error.message}`);
}

async function watch(job) {
  const ended = await follow(job.id, (now) => {
    if (job.state === "stopped") return;
    Object.assign(job, { state: now.state, progress: now.progress });
    changed();
  });
  if (ended.state === "failed") throw new Problem(422, ended.error.code, ended.error.message);
  if (ended.state !== "done") return;
  announce(`${calledOf(job).title} is done`);
  changes.dispatchEvent(new CustomEvent("done", { detail: job }));
}

/** Remember what this window was given before it was loaded again. */
export function recallUploads() {
  if (jobs.length) return;
  let kept = [];
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch { /* nothing is known */ }
  for (const told of kept) {
    const job = add(told);
    if (!job.problem && !ENDED.includes(job.state)) watch(job).catch((error) => fail(job, error)).finally(changed);
  }
}
