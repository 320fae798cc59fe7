// The token: typed, or in the part of the link that never leaves the browser.
import { apiFor, trouble } from "./common.js";
import { $ } from "./elements.js";

export function start({ signal }) {
  const api = apiFor(signal);
  async function enter(token) {
    try {
      await api("/session", { method: "POST", body: { token } });
      location.replace(location.pathname === "/login" ? "/" : location.pathname + location.search);
    } catch (error) {
      $("trouble").replaceChildren(trouble(error));
      $("token").select();
    }
  }

  $("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    enter($("token").value.trim());
  });
  const given = location.hash.match(/^#token=(.+)$/);
  if (given) {
    history.replaceState(history.state, "", location.pathname + location.search);
    enter(decodeURIComponent(given[1]));
  } else $("token").focus();
}
