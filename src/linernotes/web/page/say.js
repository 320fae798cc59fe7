// What is said to people who do not see the page.
import { $, el } from "./elements.js";

/** Say something to people who do not see the page. */
export function announce(text) {
  let place = $("announcements");
  if (!place) {
    place = el("p", { id: "announcements", class: "unseen", role: "status" });
    document.body.append(place);
  }
  place.textContent = text;
}
