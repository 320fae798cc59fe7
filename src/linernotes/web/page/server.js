// Asking the server, and following what it works on.

export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const UNREACHABLE = "The server cannot be reached. Is linernotes serve still running?";

export async function problemOf(response) {
  try {
    const { error } = await response.json();
    return new Problem(response.status, error.code, error.message);
  } catch {
    return new Problem(response.status, "web", `The server answered with ${response.status}.`);
  }
}

/** Why the signal of a page that is left is aborted. */
export const LEFT = new DOMException("the page was left", "AbortError");

/** What was asked for a page that is left by now is never answered, so that nothing of it goes on. */
async function whileThere(signal, asked) {
  try {
    const answer = await asked;
    if (signal?.reason !== LEFT) return answer;
  } catch (error) {
    if (signal?.reason !== LEFT) throw error;
  }
  return new Promise(() => {});
}

/** Ask the API; the answer is JSON or nothing, or what else it is read as. */
export const api = (path, options = {}) => whileThere(options.signal, ask(path, options));
/** The same for a page, as long as it is shown. */
export const apiFor = (signal) => (path, options) => api(path, { signal, ...options });

async function ask(path, { method = "GET", body, signal, as = "json" }) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      signal,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "unreachable", UNREACHABLE);
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : response[as]();
}

export const query = (values) => {
  const made = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== "" && each !== null && each !== undefined && each !== false) made.append(key, each);
    }
  }
  return made.toString();
};

const ENDED = ["done", "failed", "stopped"];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// A browser opens six connections to a server at most, and streams hold theirs.
const STREAMS = 2;
let streams = 0;

/** Follow a job to its end; of many at once most are asked about now and then. */
export const follow = (id, tell, { signal } = {}) => whileThere(signal, wait(id, tell, signal));

async function wait(id, tell, signal) {
  while (streams >= STREAMS) {
    const job = await ask(`/jobs/${encodeURIComponent(id)}`, { signal });
    tell(job);
    if (ENDED.includes(job.state)) return job;
    await pause(700);
  }
  streams++;
  try {
    return await stream(id, tell, signal);
  } finally {
    streams--;
  }
}

function stream(id, tell, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const source = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`);
    signal?.addEventListener("abort", () => {
      source.close();
      reject(signal.reason);
    });
    source.addEventListener("progress", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("end", (event) => {
      source.close();
      const job = JSON.parse(event.data);
      tell(job);
      resolve(job);
    });
    source.addEventListener("error", async () => {
      if (source.readyState !== EventSource.CLOSED) return; // it connects again by itself
      // The server refused: it does not know the job, or too many watch.
      try {
        const job = await ask(`/jobs/${encodeURIComponent(id)}`, { signal });
        if (ENDED.includes(job.state)) resolve(job);
        else setTimeout(() => stream(id, tell, signal).then(resolve, reject), 2000);
      } catch (error) {
        reject(error);
      }
    });
  });
}
