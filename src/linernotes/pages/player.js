// The player of a page that lies beside music, which may be gone.

export const UNPLAYABLE = "This file is not found from here, or this browser does not play it.";

/** Give a player files to play; where there is none to be played, a sentence stands in its place. */
export function makePlayer(player, sentence) {
  const cannot = (why) => {
    player.hidden = true;
    sentence.hidden = false;
    sentence.textContent = why;
  };
  player.addEventListener("error", () => {
    if (player.getAttribute("src")) cannot(UNPLAYABLE);
  });
  return {
    pause: () => player.pause(),
    toggle() {
      if (player.hidden) return;
      // What goes wrong is told by the player's error.
      if (player.paused) player.play().catch(() => {});
      else player.pause();
    },
    load(file) {
      player.pause();
      player.hidden = false;
      sentence.hidden = true;
      if (file) player.src = file;
      else {
        player.removeAttribute("src");
        cannot("This track is not on this machine.");
      }
    },
  };
}
