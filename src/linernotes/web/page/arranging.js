// A list that people put in order: by dragging a row's handle, or with the arrows on it.
import { el } from "./elements.js";
import { icon } from "./icons.js";

/** Make the handle of a row; `moved` is called with where it comes from and where it goes. */
export function handleOf(row, name, moved) {
  const place = () => [...row.parentNode.children].indexOf(row);
  const handle = el("button", { type: "button", class: "handle", "aria-label": `Move ${name}`, title: "Drag, or press the arrows" }, icon("handle"));
  let from = -1;
  const put = (index) => {
    const others = [...row.parentNode.children].filter((each) => each !== row);
    row.parentNode.insertBefore(row, others[index] ?? null);
  };
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    from = place();
    row.classList.add("dragged");
  });
  handle.addEventListener("pointermove", (event) => {
    if (from < 0) return;
    const others = [...row.parentNode.children].filter((each) => each !== row);
    const index = others.findIndex((each) => {
      const box = each.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    const to = index < 0 ? others.length : index;
    if (to !== place()) {
      put(to);
      handle.setPointerCapture(event.pointerId); // what is moved in a page lets go of the pointer
    }
  });
  const end = () => {
    if (from < 0) return;
    row.classList.remove("dragged");
    const [before, after] = [from, place()];
    from = -1;
    if (before !== after) moved(before, after);
  };
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [before, after] = [place(), place() + way];
    if (after < 0 || after >= row.parentNode.children.length) return;
    put(after);
    handle.focus();
    moved(before, after);
  });
  return handle;
}
