// Names as titles of pages, however long they are.
import { $, el } from "./elements.js";

const LONG = 48;

export function showName(name) {
  document.title = `${name} – linernotes`;
  $("title").classList.toggle("lengthy", name.length > LONG);
  $("title").replaceChildren(el("bdi", {}, name));
}
