// The keyboard, where an element acts on keys of its own.

/** Call what is named after a key that is pressed alone. */
export function onKeys(element, keys) {
  element.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}
