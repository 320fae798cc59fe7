// Scan: what the library holds, what failed and why, and listening to what is new, live.
import { apiFor, query, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { chooseFolders } from "./folders.js";
import { counted } from "./format.js";
import { heedWork } from "./work.js";

const LIMIT = 50;
const PHASES = { finding: "Looking for files…", listening: "Listening…", waiting: "Waiting until the computer is less busy…", storing: "Storing what was found…", stopping: "Stopping; what was found is kept…" };

const failureRow = ({ file, code, message }) => {
  const parts = (file ?? "").split(/[\\/]/);
  return el(
    "li",
    {},
    el("p", {}, el("b", {}, el("bdi", {}, parts.pop())), " ", el("code", {}, code)),
    el("p", {}, sentence(message)),
    parts.length ? el("p", { class: "small" }, el("bdi", {}, parts.join("/"))) : null,
  );
};

function outcome(ended) {
  if (ended.state === "failed") return trouble(ended.error);
  if (ended.state === "stopped") return el("p", { class: "notice" }, "Stopped. What was found so far is kept; scan again to go on.");
  const { scanned, added, updated, unchanged, failed, removed, warnings = [] } = ended.progress.result ?? {};
  if (scanned === undefined) return el("p", { class: "notice" }, "Done.");
  const parts = [`${added} added`, `${updated} updated`, `${unchanged} unchanged`, removed && `${removed} gone`, failed && `${failed} failed, see below`];
  const said = [scanned ? `${counted(scanned, "file")}: ${parts.filter(Boolean).join(", ")}.` : "No files were found there.", ...warnings.map(sentence)];
  return el("p", { class: "notice" }, el("bdi", {}, said.join(" ")));
}

export function start({ signal }) {
  const api = apiFor(signal);
  let offset = 0;

  async function facts() {
    const summary = await api("/summary");
    $("welcome").hidden = Boolean(summary.tracks || summary.failed);
    $("holds").hidden = $("failed-files").hidden = !$("welcome").hidden;
    const size = summary.bytes === null ? null : summary.bytes < 1e6 ? `${Math.ceil(summary.bytes / 1e3)} kB` : `${Math.round(summary.bytes / 1e6).toLocaleString("en")} MB`;
    const rows = [
      ["Tracks", summary.tracks], ["Analysed", summary.analysed], ["Failed", summary.failed],
      ["Files that are gone", summary.missing || null], ["Copies", summary.duplicates || null], ["On disk", size],
    ].filter(([, value]) => value !== null);
    $("facts").replaceChildren(...rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { class: "number" }, value.toLocaleString("en")))));
    return summary;
  }

  const offer = chooseFolders(signal, async () => offer((await api("/summary")).folders));

  async function failures() {
    try {
      const found = await api(`/failures?${query({ code: $("code").value, offset, limit: LIMIT })}`);
      const codes = Object.entries(found.codes);
      const chosen = $("code").value;
      const all = codes.reduce((sum, [, count]) => sum + count, 0);
      $("codes-row").hidden = codes.length < 2;
      $("code").replaceChildren(el("option", { value: "" }, `all (${all})`), ...codes.map(([code, count]) => el("option", { value: code, selected: code === chosen }, `${code} (${count})`)));
      $("failures").replaceChildren(...found.failures.map(failureRow));
      if (!found.total) $("failures").replaceChildren(el("li", { class: "empty" }, "No file failed."));
      const last = Math.min(found.total, offset + LIMIT);
      $("pager").hidden = found.total <= LIMIT;
      $("page").textContent = `${offset + 1}–${last} of ${found.total.toLocaleString("en")}`;
      $("previous").disabled = offset === 0;
      $("next").disabled = last >= found.total;
    } catch (error) {
      $("failures").replaceChildren(el("li", {}, trouble(error, failures)));
    }
  }

  const watch = heedWork($("start"), {
    phases: PHASES,
    start() {
      const folders = [...document.querySelectorAll("input[name=folder]:checked")].map((box) => Number(box.value));
      if (folders.length) return api("/scans", { method: "POST", body: { folders, retry_failed: $("retry").checked, full: $("full").checked, gentle: $("gentle").checked } });
      $("outcome").replaceChildren(trouble(new Error("Choose at least one folder.")));
      return null;
    },
    show({ phase, done = 0, total = 0, failed = 0, left = null, failures: latest = [] }) {
      $("latest").replaceChildren(...latest.slice(-5).reverse().map(failureRow));
      const counts = phase === "finding" ? counted(total, "file") : `${done} of ${counted(total, "file")}`;
      return { done, total: ["listening", "waiting"].includes(phase) ? total : 0, words: total ? [counts, failed && `${failed} failed`, left && `${left} left`].filter(Boolean).join(", ") : "" };
    },
    outcome,
    signal,
    after() {
      facts().catch(() => {});
      offset = 0;
      failures();
    },
  });

  $("code").addEventListener("change", () => { offset = 0; failures(); });
  const turn = (pages) => {
    offset = Math.max(0, offset + pages * LIMIT);
    failures().then(() => $("failed").scrollIntoView({ block: "start" }));
  };
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));

  (async function begin() {
    try {
      const summary = await facts();
      $("trouble").replaceChildren();
      offer(summary.folders);
      failures();
      if (summary.scan && !summary.scan.ended) watch(summary.scan.id);
    } catch (error) {
      $("trouble").replaceChildren(trouble(error, begin));
    }
  })();
}
