// Nothing here: says which address it was.
import { $ } from "./elements.js";

export function start() {
  $("address").textContent = location.pathname;
}
