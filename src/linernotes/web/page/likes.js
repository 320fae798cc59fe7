// What Discover is to find more or less of: asked for on any page, kept in its address.
const KEPT = "discover"; // the last thing that was asked, of this tab
/** What of tracks and artists is wanted, by its name in the address. */
export const WANTED = { track: "more", artist: "more", unlike: "less", unlike_artist: "less" };

export const lastAsked = () => {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
};
export const keepAsked = (text) => {
  try {
    sessionStorage.setItem(KEPT, text);
  } catch { /* then it is not kept */ }
};

/** What a link to Discover adds to what was asked there before: "also" names a track. */
export function addedTo(given) {
  const asked = new URLSearchParams(lastAsked());
  if (!asked.getAll("track").includes(given)) asked.append("track", given);
  return asked.toString();
}
