/*
The portal's way to the server. Every answer is a table or an ApiError.

  const table = await run("process/variants", {process: "loan", ...state.selection()}, {signal});
  table.columns [{name, type}] · table.rows [[…]] · table.statistics {elapsed, rows_read, bytes_read} · table.truncated: there are more rows ·
  table.objects() [{name: value}]
  await catalogue() → analyses · await describe("process/dfg") → with columns and sql · await statement(slug, params) → {sql, params}
  try … catch (error): error.code, error.message, error.hint, error.status; error.cancelled after signal was aborted

Equal runs that are under way at the same moment share one request; it is cancelled on the server when the last asker has left.
*/
const flying = new Map();

export class ApiError extends Error {
  constructor({ code = "error", message = "Something went wrong.", hint = "" }, status = 0) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { code, hint, status, cancelled: code === "cancelled" });
  }
}

export class Table {
  #objects = null;

  constructor({ columns, rows, statistics, truncated = false }) {
    Object.assign(this, { columns, rows, statistics, truncated });
  }

  objects() {
    const names = this.columns.map(({ name }) => name);
    this.#objects ??= this.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
    return this.#objects;
  }

  column(name) {
    const at = this.columns.findIndex((column) => column.name === name);
    return this.rows.map((row) => row[at]);
  }
}

export async function run(slug, params = {}, { signal } = {}) {
  const path = `/api/playbook/${slug}/run`;
  const body = JSON.stringify({ params: present(params) });
  return shared(`${path} ${body}`, (inner) => ask(path, { method: "POST", body, signal: inner }).then((answer) => new Table(answer)), signal);
}

export const catalogue = (options) => ask("/api/playbook", options).then(({ analyses }) => analyses);
export const describe = (slug, options) => ask(`/api/playbook/${slug}`, options);

export function statement(slug, params, { signal } = {}) {
  return ask(`/api/playbook/${slug}/sql`, { method: "POST", body: JSON.stringify({ params: present(params) }), signal });
}

export async function ask(path, { method = "GET", body, signal, headers: more = {} } = {}) {
  let response;
  try {
    const headers = { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...more };
    response = await fetch(path, { method, body, signal, headers, cache: "no-store" });
  } catch (error) {
    if (signal?.aborted || error.name === "AbortError") throw new ApiError({ code: "cancelled", message: "Cancelled." });
    throw new ApiError({ code: "unreachable", message: "The server does not answer.", hint: "Is `exos serve` still running? Then try again." });
  }
  return unpack(response, signal);
}

async function unpack(response, signal) {
  try {
    const answer = await response.json();
    if (response.ok) return answer;
    throw new ApiError(answer.error ?? answer, response.status);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (signal?.aborted) throw new ApiError({ code: "cancelled", message: "Cancelled." });
    throw new ApiError(
      { code: `http_${response.status}`, message: `The server answered ${response.status} with something that is not JSON.`,
        hint: "A proxy in between may have answered; the server's log tells." },
      response.status,
    );
  }
}

function present(params) {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== ""));
}

function shared(key, start, signal) {
  if (signal?.aborted) return Promise.reject(new ApiError({ code: "cancelled", message: "Cancelled." }));
  let flight = flying.get(key);
  if (!flight) {
    const controller = new AbortController();
    flight = { controller, askers: 0, answer: start(controller.signal).finally(() => flying.get(key) === flight && flying.delete(key)) };
    flying.set(key, flight);
  }
  flight.askers += 1;
  return new Promise((resolve, reject) => {
    const leave = () => {
      flight.askers -= 1;
      if (!flight.askers) {
        if (flying.get(key) === flight) flying.delete(key);
        flight.controller.abort();
      }
      reject(new ApiError({ code: "cancelled", message: "Cancelled." }));
    };
    signal?.addEventListener("abort", leave, { once: true });
    flight.answer.then(resolve, reject).finally(() => signal?.removeEventListener("abort", leave));
  });
}
