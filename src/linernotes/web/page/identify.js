// Identify: files, or what the microphone hears, up; what they are, back.
import { apiFor, announce, follow, sentence, svg, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { clock, counted } from "./format.js";
import { showHeard } from "./heard.js";
import { canRecord, record } from "./recorder.js";
import { HIGH, WIDE, wavePath } from "./timeline.js";
import { calledOf, forgetEnded, give, giveAgain, jobs, limitUploads, onUploads, recallUploads, soundOf, stop } from "./uploads.js";

const SHIPPED = ["genre", "mood"]; // what is asked if nothing is chosen
const ENDED = ["done", "failed", "stopped"];
const DAY = 86400;

/** How far a track was listened to, and what was heard so far, in words. */
function soFar({ phase, seconds, duration, tags = [] }) {
  if (phase === "starting") return "getting ready";
  if (!seconds) return "listening";
  const heard = duration ? `heard ${clock(seconds)} of ${clock(Math.max(seconds, duration))}` : `heard ${clock(seconds)}`;
  return tags.length ? `${heard}; so far ${tags.join(", ")}` : heard;
}
const shareOf = ({ seconds, duration }) => (seconds && duration ? Math.min(1, seconds / duration) : null);

function wordsOf(job) {
  if (job.problem) return sentence(job.problem);
  if (job.state === "stopped") return "Stopped before it was heard.";
  if (job.uploaded < 1) return `sending, ${Math.round(100 * job.uploaded)} %`;
  if (job.state === "waiting") return job.progress?.ahead ? `waiting, ${counted(job.progress.ahead, "track")} before it` : "waiting";
  if (job.state === "working") return soFar(job.progress ?? {});
  return "done";
}

const heardAt = (path) => {
  const found = path.match(/^\/heard\/([^/]+)$/);
  return found && decodeURIComponent(found[1]);
};
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function start({ signal }) {
  const api = apiFor(signal);
  const rows = new Map();
  let shown = null; // the id of the result on the page

  // What was heard.

  function hide() {
    shown = null;
    $("heard").hidden = true;
    $("heard-body").replaceChildren();
    document.title = "Identify – linernotes";
    mark();
  }

  async function open(id, { focus = true, move = true } = {}) {
    try {
      const told = await api(`/identifications/${encodeURIComponent(id)}`);
      $("trouble").replaceChildren();
      document.title = `${showHeard(told, soundOf(id), signal)} – linernotes`;
      shown = id;
      // Each result is a place to come back to, within this visit.
      if (move && heardAt(location.pathname) !== id) history.pushState({ visit: history.state?.visit }, "", `/heard/${encodeURIComponent(id)}`);
      mark();
      if (focus) {
        $("heard-title").focus({ preventScroll: true });
        $("heard").scrollIntoView({ block: "start" });
      }
    } catch (error) {
      hide();
      $("trouble").replaceChildren(trouble(error, [404, 409].includes(error.status) ? null : () => open(id)));
    }
  }

  /** Show what an address is of: a result, one that is still on its way, or none. */
  async function show(id) {
    $("trouble").replaceChildren();
    if (!id) return hide();
    try {
      const job = await api(`/jobs/${encodeURIComponent(id)}`);
      if (!ENDED.includes(job.state)) {
        const words = el("p", { role: "status" });
        const bar = el("progress", { max: 1, "aria-label": `How far ${job.name} is` });
        $("trouble").replaceChildren(el("div", { class: "notice" }, el("p", {}, el("bdi", {}, job.name)), words, bar));
        await follow(id, (now) => {
          words.textContent = wordsOf({ ...now, uploaded: 1 });
          const share = shareOf(now.progress);
          if (share !== null) bar.value = share;
        }, { signal });
      }
      if (heardAt(location.pathname) === id) await open(id, { focus: false, move: false });
    } catch (error) {
      hide();
      $("trouble").replaceChildren(trouble(error, error.status === 404 ? null : () => show(id)));
    }
  }
  addEventListener("popstate", () => {
    if (location.pathname === "/" || heardAt(location.pathname)) show(heardAt(location.pathname));
  }, { signal });

  // What is on its way.

  function act(job) {
    if (job.problem || job.state === "stopped") giveAgain(job);
    else if (job.state === "done") open(job.id);
    else stop(job);
  }

  function makeRow(job) {
    const row = { text: el("p", {}), name: el("p", {}), bar: el("progress", { max: 1 }), wave: svg("path", {}), act: el("button", { type: "button", onclick: () => act(job) }) };
    row.plot = svg("svg", { class: "so-far", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, row.wave);
    row.item = el("li", {}, el("div", { class: "row" }, row.name, row.act), row.text, row.plot, row.bar);
    rows.set(job, row);
    return row;
  }

  function markRow(job) {
    const row = rows.get(job) ?? makeRow(job);
    if (!row.item.isConnected) $("jobs").append(row.item);
    const { title, artist } = calledOf(job);
    row.name.replaceChildren(el("bdi", {}, title), artist ? el("span", { class: "quiet" }, " ", el("bdi", {}, artist)) : "");
    const over = job.problem || ENDED.includes(job.state);
    row.text.textContent = wordsOf(job);
    row.text.className = job.problem ? "small bad" : "small quiet";
    const share = job.uploaded < 1 ? job.uploaded : shareOf(job.progress ?? {});
    row.bar.hidden = Boolean(over) || (job.uploaded === 1 && job.state === "waiting");
    row.bar.setAttribute("aria-label", `How far ${title} is`);
    if (share === null) row.bar.removeAttribute("value");
    else row.bar.value = share;
    const waveform = (!over && job.progress?.waveform) || [];
    row.plot.toggleAttribute("hidden", !waveform.length);
    if (waveform.length) {
      row.wave.setAttribute("d", wavePath(waveform));
      row.plot.style.width = `${100 * (share ?? 1)}%`;
    }
    const again = job.problem || job.state === "stopped";
    row.act.hidden = again ? !job.file : job.state === "done" && job.id === shown;
    row.act.textContent = again ? "Try again" : job.state === "done" ? "Show" : "Stop";
    row.act.setAttribute("aria-label", `${row.act.textContent}: ${title}`);
  }

  function mark() {
    for (const [job, { item }] of rows) {
      if (jobs.includes(job)) continue;
      item.remove();
      rows.delete(job);
    }
    jobs.forEach(markRow);
    $("queue").hidden = !jobs.length;
    $("forget").hidden = jobs.filter((job) => job.problem || ENDED.includes(job.state)).length < 2;
  }
  const done = (job) => {
    if (!shown || jobs.length === 1 || jobs.at(-1) === job) open(job.id);
  };
  onUploads(signal, { change: mark, done });
  $("forget").addEventListener("click", forgetEnded);

  // How tracks get here.

  const models = () => ($("model").value ? $("model").value.split("\n") : []);
  const take = (files) => give([...files], models());
  for (const id of ["choose", "capture"])
    $(id).addEventListener("change", () => {
      const files = [...$(id).files];
      $(id).value = "";
      take(files);
    });
  let entered = 0;
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    entered++;
    $("drop").classList.add("over");
  }, { signal });
  addEventListener("dragleave", () => {
    entered = Math.max(0, entered - 1);
    $("drop").classList.toggle("over", entered > 0);
  }, { signal });
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault(), { signal });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    entered = 0;
    $("drop").classList.remove("over");
    take(event.dataTransfer.files);
  }, { signal });

  $("example").addEventListener("click", async () => {
    $("example").disabled = true;
    announce("The example is on its way");
    try {
      const sound = await api("/example", { as: "blob" });
      take([new File([sound], `Example.${sound.type.includes("mpeg") ? "mp3" : "flac"}`, { type: sound.type })]);
    } catch (error) {
      $("trouble").replaceChildren(trouble(error));
    }
    $("example").disabled = false;
  });

  let recording = null;
  const listenIn = (active) => {
    $("recording").hidden = !active;
    $("record").disabled = active;
  };
  $("record").addEventListener("click", async () => {
    $("trouble").replaceChildren();
    $("record").disabled = true;
    try {
      recording = await record((seconds, level) => {
        $("recorded").textContent = clock(Math.floor(seconds));
        $("level").style.width = `${Math.min(100, 100 * level ** 0.5)}%`;
      });
      listenIn(true);
      $("stop").focus();
      recording.ended.then(() => recording && $("stop").click());
    } catch (error) {
      listenIn(false);
      $("trouble").replaceChildren(trouble(error));
    }
  });
  signal.addEventListener("abort", () => recording?.stop());
  const finish = async () => {
    const current = recording;
    recording = null;
    const file = await current.stop();
    listenIn(false);
    $("record").focus();
    return file;
  };
  $("stop").addEventListener("click", async () => {
    if (!recording) return;
    const file = await finish();
    const at = new Date().toTimeString().slice(0, 5).replace(":", ".");
    take([new File([file], `recorded at ${at}.${file.name.split(".").pop()}`, { type: file.type })]);
  });
  $("discard").addEventListener("click", () => recording && finish());
  if (!canRecord()) {
    // Browsers keep the microphone from pages that come without https from another machine.
    $("record").hidden = true;
    $("capture-label").hidden = false;
    $("no-record").hidden = isSecureContext;
  }

  // The beginning.

  async function prepare() {
    try {
      const { models: known, upload_bytes: bytes, keep_seconds: kept } = await api("/summary");
      limitUploads(bytes);
      const long = kept >= 2 * DAY ? counted(Math.round(kept / DAY), "day") : counted(Math.round(kept / 3600), "hour");
      $("limits").textContent = `Up to ${Math.round(bytes / 1e6)} MB each. They are listened to on this server, and deleted afterwards; results are kept for ${long}.`;
      const own = known.filter((name) => !SHIPPED.includes(name));
      $("model").append(el("option", { value: "" }, SHIPPED.join(" and ")));
      for (const name of own) $("model").append(el("option", { value: name }, name));
      $("model").append(el("option", { value: known.join("\n") }, "all of them"));
      $("model-choice").hidden = !own.length;
    } catch (error) {
      $("trouble").append(trouble(error));
    }
  }
  recallUploads();
  mark();
  show(heardAt(location.pathname)).then(prepare);
}
