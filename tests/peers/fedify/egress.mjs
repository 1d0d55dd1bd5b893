// All requests that this process makes pass here: only to this machine, each one noted.

import { AsyncLocalStorage } from "node:async_hooks";

const HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What a control call, or the handling of one arrival, caused to be sent: a list of notes to add to. */
const deliveries = new AsyncLocalStorage();
const log = [];

export const egress = {
  log,
  /** Run *work*; what it POSTs is noted in the list it is given. */
  watch: (notes, work) => deliveries.run(notes, work),
};

function schemeOf(headers) {
  if (headers.has("Signature-Input")) return "rfc9421";
  return headers.has("Signature") ? "draft-cavage" : null;
}

/** Fedify asks WebFinger of a handle over https always; on this machine there is no TLS. */
function overHttp(request) {
  const url = new URL(request.url);
  if (url.protocol !== "https:" || url.pathname !== "/.well-known/webfinger") return request;
  url.protocol = "http:";
  return new Request(url, request);
}

/** Replace the process's fetch: other hosts are refused, the rest is noted. */
export function guardEgress() {
  const fetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    let request = new Request(input, init);
    const { hostname } = new URL(request.url);
    const note = { method: request.method, url: request.url, signature: schemeOf(request.headers), status: null };
    log.push(note);
    if (request.method === "POST") deliveries.getStore()?.push(note);
    if (!HERE.has(hostname)) {
      note.error = "refused: not on this machine";
      throw new TypeError(`${request.url} is not on this machine`);
    }
    request = overHttp(request);
    try {
      const response = await fetch(request, { redirect: init?.redirect ?? request.redirect });
      note.status = response.status;
      return response;
    } catch (error) {
      note.error = String(error.cause ?? error);
      throw error;
    }
  };
}
