// Work that a form starts and that is watched on its page until it ends.
import { announce, apiFor, follow, trouble } from "./common.js";
import { $ } from "./elements.js";

/**
 * Start a job when a form is sent.
 * @param {HTMLFormElement} form hidden while the job runs; `#live` is shown instead
 * @param {object} work
 *   phases: a sentence for each phase of the job
 *   start: asks for the job and returns it; null where something is missing, which it has told
 *   show: called with its progress; returns how many of how many, to be drawn, and in words
 *   outcome: called with the job that ended; returns an element
 *   after: called at the end, with that job unless watching failed
 *   signal: of the page
 * @returns a function that watches a job of that id
 */
export function heedWork(form, { phases, start, show, outcome, after, signal }) {
  const api = apiFor(signal);
  let job = null;
  const watch = async (id) => {
    job = id;
    form.hidden = true;
    $("live").hidden = false;
    $("stop").disabled = false;
    $("outcome").replaceChildren();
    let phase = "";
    let ended;
    try {
      ended = await follow(id, ({ progress }) => {
        if (progress.phase !== phase) $("phase").textContent = phases[(phase = progress.phase)] ?? "Starting…";
        const { done, total, words } = show(progress);
        if (total) {
          $("bar").max = total;
          $("bar").value = done;
        } else $("bar").removeAttribute("value");
        $("counts").textContent = words;
      }, { signal });
      $("outcome").replaceChildren(outcome(ended));
      announce($("outcome").textContent);
    } catch (error) {
      $("outcome").replaceChildren(trouble(error));
    }
    job = null;
    $("live").hidden = true;
    form.hidden = false;
    after(ended);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    $("go").disabled = true;
    try {
      const started = await start();
      if (started) await watch(started.id);
    } catch (error) {
      $("outcome").replaceChildren(trouble(error));
    }
    $("go").disabled = false;
  });
  $("stop").addEventListener("click", () => {
    $("stop").disabled = true;
    api(`/jobs/${encodeURIComponent(job)}`, { method: "DELETE" }).catch(() => {});
  });
  return watch;
}
