// The media keys of keyboards, headphones and lock screens, and what these show.
import { next, onPlaying, pause, play, playing, previous, seek } from "./playing.js";

const STEP = 10; // seconds
const SIZES = { small: 96, medium: 320, large: 640 };

export function heedMediaKeys() {
  const session = navigator.mediaSession;
  if (!session) return;
  let shown = null;
  const actions = {
    play, pause,
    previoustrack: previous,
    nexttrack: () => next(),
    seekbackward: ({ seekOffset }) => seek(playing.second - (seekOffset ?? STEP)),
    seekforward: ({ seekOffset }) => seek(playing.second + (seekOffset ?? STEP)),
    seekto: ({ seekTime }) => seek(seekTime),
  };
  for (const [name, act] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, act);
    } catch { /* a browser that does not know it */ }
  }
  const change = () => {
    const { track } = playing;
    session.playbackState = track ? (playing.paused ? "paused" : "playing") : "none";
    if (track === shown) return;
    shown = track;
    const artwork = track?.track_id
      ? Object.entries(SIZES).map(([size, side]) => ({ src: `/api/v1/tracks/${encodeURIComponent(track.track_id)}/cover?size=${size}`, sizes: `${side}x${side}`, type: "image/jpeg" }))
      : [];
    session.metadata = track ? new MediaMetadata({ title: track.title, artist: track.artist ?? "", album: track.album ?? "", artwork }) : null;
  };
  const time = () => {
    const { duration, second } = playing;
    if (duration > 0 && session.setPositionState) session.setPositionState({ duration, position: Math.min(second, duration), playbackRate: 1 });
  };
  onPlaying(undefined, { change, time });
  change();
}
