// What stands where a library will be.
import { el } from "./elements.js";

const TO_COME = [
  "your tracks by artist and album, to search and to play",
  "genre, mood and tempo of each, as heard",
  "what sounds alike, and a map of all of it",
];

/** Say that the library is empty, what will be there, and how to fill it. */
export const emptyLibrary = (words = "The library is empty.") =>
  el(
    "div",
    { class: "empty" },
    el("p", {}, words),
    el("p", {}, "When your music has been listened to, here will be:"),
    el("ul", {}, TO_COME.map((line) => el("li", {}, line))),
    el("p", {}, el("a", { class: "button main", href: "/library/scan" }, "Choose your music")),
  );
