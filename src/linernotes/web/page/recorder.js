// The microphone: raw sound, without what calls do to voices.

const WANTED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const LONGEST = 120;

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

const EXPLAINED = {
  NotAllowedError: "The microphone is not allowed for this page. Allow it in the browser's settings, and record again.",
  NotFoundError: "There is no microphone. Connect one, or choose a file.",
  NotReadableError: "The microphone is used by another program. Close that, and record again.",
};

/** Start to record; tells seconds and level as it goes. Returns what stops it. */
export async function record(tell) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
  } catch (error) {
    throw new Error(EXPLAINED[error.name] ?? `The microphone cannot be used (${error.name}).`);
  }
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 160000 });
  const pieces = [];
  recorder.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const started = performance.now();
  recorder.start(1000);

  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  const timer = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    analyser.getFloatTimeDomainData(samples);
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    tell(seconds, loudest);
    if (seconds >= LONGEST) recorder.state === "recording" && recorder.stop();
  }, 100);
  const stop = async () => {
    if (recorder.state !== "inactive") recorder.stop();
    await ended;
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    await context.close();
    const kind = (mimeType ?? "audio/webm").split(";")[0];
    return new File(pieces, `recording.${kind.split("/")[1]}`, { type: kind });
  };
  return { stop, ended };
}
