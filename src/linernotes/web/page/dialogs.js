// Dialogs that ask one thing: a form is filled, and something is done with it, or not.
import { trouble } from "./common.js";
import { el } from "./elements.js";

/**
 * Ask.
 * @param {object} question title; contents: elements of the form; act: the word on the button; run:
 *   does it, and may reject with what went wrong, which is told; signal: of the page
 */
export function ask({ title, contents, act, run, signal }) {
  const problem = el("div");
  const go = el("button", { type: "submit", class: "main" }, act);
  const form = el(
    "form",
    {},
    el("h2", { id: "asked" }, title),
    ...contents,
    problem,
    el("p", { class: "row" }, go, el("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
  );
  const dialog = el("dialog", { class: "help asks", "aria-labelledby": "asked" }, form);
  const before = document.activeElement;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await run();
      dialog.close();
    } catch (error) {
      problem.replaceChildren(trouble(error));
    }
    go.disabled = false;
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  signal?.addEventListener("abort", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
