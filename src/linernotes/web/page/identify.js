// Identify: files, or what the microphone hears, up; what they are, back.
import { Problem, announce, apiFor, bars, copyLink, follow, icon, matchList, meter, plainKey, query, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { emptyLibrary } from "./empty.js";
import { clock, counted, inRange, percent } from "./format.js";
import { canRecord, record } from "./recorder.js";
import { NONE, colourOf, drawTimeline, shareOf, timelinesOf } from "./timeline.js";

const PHASES = { starting: "getting ready", listening: "listening" };
const SHIPPED = ["genre", "mood"]; // what is asked if nothing is chosen

const verdictOf = (model) => {
  const [first, second] = model.classes.filter((each) => each.name !== NONE);
  return { told: model.certainty === "sure" || model.certainty === "likely", first, second };
};

function opinion(model, label) {
  const { told, first, second } = verdictOf(model);
  const kind = (name) => colourOf(model.timeline.classes.indexOf(name));
  const rows = model.classes.slice(0, 5).map((each) => ({ ...each, kind: kind(each.name) }));
  const perhaps = [first, second].filter(Boolean).map((each) => `${each.name} ${percent(each.probability)}`);
  return el(
    "div",
    {},
    el("h3", {}, label),
    told
      ? el("p", { class: "verdict" }, first.name, " ", el("span", { class: "number" }, percent(first.probability)), model.certainty === "likely" ? el("small", {}, "likely") : "")
      : el("p", { class: "verdict" }, el("i", {}, model.certainty), el("small", {}, `${model.rejected ? "nearest" : "perhaps"} ${perhaps.join(" or ")}`)),
    bars(rows, `Most probable: ${label}`),
  );
}

function numberOpinion(target, i) {
  const { name, value, interval, range, unit } = target;
  const between = interval.map((end) => inRange(end, range)).join(" to ");
  const whole = range.map((end) => inRange(end, range)).join(" to ");
  return el(
    "div",
    {},
    el("h3", {}, name),
    el("p", { class: "verdict" }, inRange(value, range, unit), " ", el("small", {}, `${between} for nine of ten tracks`)),
    el(
      "table",
      { class: "bars", "aria-label": `Where ${name} lies in the range that was learned from` },
      el("tbody", {}, el("tr", {}, el("th", { scope: "row" }, whole), el("td", {}, meter(shareOf(target, value), colourOf(i))), el("td", { class: "number" }, inRange(value, range)))),
    ),
  );
}

/** A word for what several numbers say together. */
const wordOpinion = ({ word, targets }, label) =>
  el(
    "div",
    {},
    el("h3", {}, label),
    el("p", { class: "verdict" }, ["not sure", NONE].includes(word) ? el("i", {}, word) : word),
    word === NONE ? "" : el("p", { class: "small quiet" }, targets.map(({ name, value, range }) => `${name} ${inRange(value, range)}`).join(", ")),
  );

function opinions(model, label) {
  if (!model.targets) return [opinion(model, label)];
  const word = model.word ? [wordOpinion(model, label)] : [];
  return model.word === NONE ? word : [...word, ...model.targets.map(numberOpinion)];
}

const wordsOf = (job) => {
  if (job.problem) return sentence(job.problem);
  if (job.uploaded < 1) return `sending, ${Math.round(100 * job.uploaded)} %`;
  if (job.state === "waiting") return job.progress?.ahead ? `waiting, ${counted(job.progress.ahead, "track")} before it` : "waiting";
  if (job.state === "working") return PHASES[job.progress?.phase] ?? "listening";
  if (job.state === "done") return "done";
  return "stopped";
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function start({ signal }) {
  const api = apiFor(signal);
  const jobs = [];
  let shown = null;
  let limit = Infinity;

  function similarTo(id) {
    const place = el("div", {}, el("p", { class: "quiet" }, "Looking…"));
    const look = async () => {
      try {
        const { matches } = await api(`/identifications/${encodeURIComponent(id)}/similar?n=8&per_artist=2`);
        place.replaceChildren(
          matches.length
            ? matchList(matches)
            : emptyLibrary("The library holds nothing to compare with yet."),
        );
      } catch (error) {
        place.replaceChildren(trouble(error, look));
      }
    };
    look();
    return el("section", { class: "apart", "aria-labelledby": "alike" }, el("h2", { id: "alike" }, "In your library, this sounds like"), place);
  }

  function show(told, file) {
    const { result } = told;
    const name = result.title ? [result.artist, result.title].filter(Boolean).join(" - ") : result.file;
    const body = $("heard-body");
    const address = new URL(`/heard/${told.id}`, location.href).href;
    const facts = [
      ["File", name === result.file ? null : result.file],
      ["Length", clock(result.duration)],
      ["Tempo", told.tempo ? `${Math.round(told.tempo)} BPM` : null],
      ["Key", plainKey(told.key) || null],
    ].filter(([, value]) => value);
    const copy = el("button", { type: "button", onclick: () => copyLink(copy, address) }, icon("link"), el("span", {}, "Copy the link"));
    const sound = file ? { key: `heard-${told.id}`, src: URL.createObjectURL(file), title: name, artist: "", href: `/heard/${told.id}`, duration: result.duration } : null;
    const figures = result.models
      .filter((model) => model.timeline.start.length)
      .flatMap((model) => timelinesOf(model, told.labels[model.model]))
      .map((drawn, i) =>
        drawTimeline({
          waveform: told.waveform,
          duration: result.duration,
          ...drawn,
          sound,
          plays: i === 0,
          signal,
          note: i === 0 ? "The sound itself was deleted after it had been listened to; only who gave it can play it here." : "",
        }),
      );
    $("heard-title").replaceChildren(el("bdi", {}, name));
    body.replaceChildren(
      result.warnings.length ? el("ul", { class: "warnings", "aria-label": "Warnings" }, result.warnings.map((warning) => el("li", {}, sentence(warning)))) : "",
      el(
        "div",
        { class: "columns" },
        result.models.flatMap((model) => opinions(model, told.labels[model.model])),
        el(
          "div",
          {},
          el("h3", {}, "tags"),
          el("p", { class: "verdict" }, result.tags.slice(0, 3).map(({ name }) => name).join(", ")),
          bars(result.tags.slice(0, 6), "Most probable tags"),
        ),
      ),
      el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
      ...figures.map(({ figure }) => figure),
      el("p", { class: "small quiet" }, "A probability is a model's opinion, calibrated on other music than yours. ", el("a", { href: "/models" }, "How far to trust it")),
      el(
        "p",
        { class: "row" },
        copy,
        el("a", { class: "button", href: `/api/v1/identifications/${encodeURIComponent(told.id)}/report`, download: "" }, icon("save"), "Report"),
        el("a", { class: "button", href: `/api/v1/identifications/${encodeURIComponent(told.id)}/file`, download: "" }, icon("save"), "JSON"),
      ),
      told.can_compare ? similarTo(told.id) : "",
    );
    $("heard").hidden = false;
    shown = told.id;
    history.replaceState(history.state, "", `/heard/${told.id}`);
    document.title = `${name} – linernotes`;
    mark();
  }

  async function open(id, file, { focus = true } = {}) {
    try {
      const told = await api(`/identifications/${encodeURIComponent(id)}`);
      $("trouble").replaceChildren();
      show(told, file);
      if (focus) {
        $("heard-title").focus({ preventScroll: true });
        $("heard").scrollIntoView({ block: "start" });
      }
    } catch (error) {
      $("trouble").replaceChildren(trouble(error, error.status === 404 ? null : () => open(id, file)));
    }
  }

  // What is on its way.

  function mark() {
    for (const job of jobs) {
      const over = job.problem || ["done", "stopped"].includes(job.state);
      job.text.textContent = wordsOf(job);
      job.text.className = job.problem ? "small bad" : "small quiet";
      job.bar.hidden = Boolean(over) || (job.uploaded === 1 && job.state === "waiting");
      if (job.uploaded < 1) job.bar.value = job.uploaded;
      else job.bar.removeAttribute("value");
      job.act.hidden = job.problem ? !job.file : job.state === "stopped" || (job.id !== undefined && job.id === shown);
      job.act.textContent = job.problem ? "Try again" : job.state === "done" ? "Show" : "Stop";
      job.act.setAttribute("aria-label", `${job.act.textContent}: ${job.name}`);
    }
  }

  function act(job) {
    if (job.problem) {
      jobs.splice(jobs.indexOf(job), 1);
      job.row.remove();
      give([job.file]);
    } else if (job.state === "done") {
      open(job.id, job.file);
    } else {
      job.state = "stopped";
      job.request?.abort();
      if (job.id) api(`/jobs/${encodeURIComponent(job.id)}`, { method: "DELETE" }).catch(() => {});
      mark();
    }
  }

  /** Send a file; fetch cannot tell how far that is. */
  function send(job) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      job.request = request;
      const models = $("model").value ? $("model").value.split("\n") : [];
      request.open("POST", `/api/v1/identifications?${query({ name: job.name, model: models })}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) job.uploaded = Math.min(0.99, event.loaded / event.total);
        mark();
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
          if (error.status !== 429 || tries >= 20) throw error;
          job.uploaded = 0;
          await pause(3000);
          if (job.state === "stopped") return;
        }
      }
      Object.assign(job, { id: accepted.id, uploaded: 1, state: accepted.state });
      mark();
      const ended = await follow(job.id, (now) => {
        Object.assign(job, { state: now.state, progress: now.progress });
        mark();
      }, { signal });
      if (ended.state === "failed") throw new Problem(422, ended.error.code, ended.error.message);
      if (ended.state === "done") {
        announce(`${job.name} is done`);
        if (!shown || jobs.length === 1 || jobs.at(-1) === job) await open(job.id, job.file);
      }
    } catch (error) {
      if (error.code !== "stopped") {
        job.problem = error.message;
        announce(`${job.name}: ${error.message}`);
      }
    }
    mark();
  }

  // One after the other is sent, so that the first is heard soonest.
  let sending = Promise.resolve();
  function give(files) {
    for (const file of files) {
      const job = { file, name: file.name || "recording", uploaded: 0, state: "waiting", progress: {} };
      job.text = el("p", { class: "small quiet" });
      job.bar = el("progress", { max: 1, value: 0, "aria-label": `How far ${job.name} is` });
      job.act = el("button", { type: "button", onclick: () => act(job) });
      job.row = el("li", {}, el("div", { class: "row" }, el("p", {}, el("bdi", {}, job.name)), job.act), job.text, job.bar);
      jobs.push(job);
      $("jobs").append(job.row);
      sending = sending.then(() => (job.state === "stopped" ? null : Promise.race([run(job), uploadOf(job)])));
    }
    $("queue").hidden = !jobs.length;
    mark();
  }
  const uploadOf = async (job) => {
    while (job.uploaded < 1 && !job.problem && job.state !== "stopped") await pause(50);
  };

  // How tracks get here.

  const take = (input) => {
    const files = [...input.files];
    input.value = "";
    give(files);
  };
  $("choose").addEventListener("change", () => take($("choose")));
  $("capture").addEventListener("change", () => take($("capture")));
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
    give([...event.dataTransfer.files]);
  }, { signal });

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
  signal.addEventListener("abort", () => {
    recording?.stop();
    for (const job of jobs) {
      if (job.uploaded < 1) job.state = "stopped";
      job.request?.abort();
    }
  });
  const finish = async () => {
    const { stop } = recording;
    recording = null;
    const file = await stop();
    listenIn(false);
    $("record").focus();
    return file;
  };
  $("stop").addEventListener("click", async () => {
    if (!recording) return;
    const file = await finish();
    const at = new Date().toTimeString().slice(0, 5).replace(":", ".");
    give([new File([file], `recorded at ${at}.${file.name.split(".").pop()}`, { type: file.type })]);
  });
  $("discard").addEventListener("click", () => recording && finish());
  if (!canRecord()) {
    // Browsers keep the microphone from pages that come without https from another machine.
    $("record").hidden = true;
    $("capture-label").hidden = false;
  }

  // The beginning.

  (async () => {
    const wanted = location.pathname.match(/^\/heard\/([^/]+)$/)?.[1];
    if (wanted) {
      const id = decodeURIComponent(wanted);
      try {
        const job = await api(`/jobs/${encodeURIComponent(id)}`);
        if (!["done", "failed", "stopped"].includes(job.state)) {
          const wait = el("p", { class: "notice", role: "status" }, `${job.name} is being listened to…`);
          $("trouble").replaceChildren(wait);
          await follow(id, () => {}, { signal });
        }
        await open(id, null, { focus: false });
      } catch (error) {
        $("trouble").replaceChildren(trouble(error));
      }
    }
    try {
      const { models, upload_bytes: bytes, keep_seconds: kept } = await api("/summary");
      limit = bytes;
      $("limits").textContent = `Up to ${Math.round(bytes / 1e6)} MB each. They are listened to on this server, and deleted afterwards; results are kept for ${counted(Math.round(kept / 3600), "hour")}.`;
      const own = models.filter((name) => !SHIPPED.includes(name));
      $("model").append(el("option", { value: "" }, SHIPPED.join(" and ")));
      for (const name of own) $("model").append(el("option", { value: name }, name));
      $("model").append(el("option", { value: models.join("\n") }, "all of them"));
      $("model-choice").hidden = !own.length;
    } catch (error) {
      $("trouble").append(trouble(error));
    }
  })();
}
