// A small ActivityPub server on Fedify, for Archipel's tests to federate with. README.md tells how to use it.
//
//   node server.mjs [PORT]        PORT 0, the default, takes a free one
//
// Prints {"ready":true,"url":"http://localhost:PORT"} once it listens. Everything is kept in memory.

import { createServer } from "node:http";
import { control } from "./control.mjs";
import { egress, guardEgress } from "./egress.mjs";
import { makeFederations } from "./federation.mjs";
import { World } from "./world.mjs";

const MAX_BODY = 1024 * 1024; // bytes; as much as Mastodon takes

async function readBody(incoming) {
  const chunks = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY) throw new RangeError("body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The web-standard Request that Fedify reads, with every header as it came: signatures cover them. */
function requestOf(incoming, body, origin) {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
  }
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  return new Request(new URL(incoming.url, origin), {
    method: incoming.method,
    headers,
    body: hasBody ? body : undefined,
  });
}

async function answer(outgoing, response) {
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, headers);
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

/** One federation per kind of actor: Fedify has a single path template for all actors of a federation. */
function federationFor(world, federations, url) {
  if (url.pathname === "/.well-known/webfinger") {
    return federations[world.kindOfResource(url.searchParams.get("resource") ?? "")];
  }
  return federations[url.pathname.startsWith("/groups/") ? "group" : "person"];
}

async function respond(peer, request, body) {
  const url = new URL(request.url);
  if (url.pathname === "/_control/reset" && request.method === "POST") return Response.json(peer.reset());
  const { world, federations } = peer;
  if (url.pathname.startsWith("/_control/")) return await control(world, request, url);
  const document = await world.respondWithDocument(request, url);
  if (document != null) return document;
  return await federationFor(world, federations, url).fetch(request, {
    contextData: { raw: body.toString("utf8") },
    onNotFound: () => new Response("Not found\n", { status: 404 }),
    onNotAcceptable: () => new Response("Only ActivityPub is spoken here\n", { status: 406 }),
  });
}

async function handle(peer, incoming, outgoing) {
  const { world } = peer;
  let response;
  try {
    const body = await readBody(incoming);
    response = await respond(peer, requestOf(incoming, body, world.origin), body);
  } catch (error) {
    console.error(error);
    response = new Response(`${error}\n`, { status: error instanceof RangeError ? 413 : 500 });
  }
  if (!incoming.url.startsWith("/_control/")) world.noteRequest(incoming, response.status);
  await answer(outgoing, response);
}

/** The peer as it is when it has just started: nobody, nothing, no keys or signature habits remembered. */
class Peer {
  constructor(origin) {
    this.origin = origin;
    this.reset();
  }

  reset() {
    egress.log.length = 0;
    this.world = new World(this.origin, egress);
    this.federations = makeFederations(this.world);
    return { url: this.origin };
  }
}

async function configureLogging() {
  if (process.env.FEDIFY_PEER_LOG == null) return;
  const { configure, getTextFormatter } = await import("@logtape/logtape");
  const format = getTextFormatter();
  await configure({
    sinks: { stderr: (record) => process.stderr.write(format(record)) },
    loggers: [
      { category: ["fedify"], sinks: ["stderr"], lowestLevel: process.env.FEDIFY_PEER_LOG },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
}

async function main() {
  await configureLogging();
  guardEgress();
  const server = createServer();
  const port = Number(process.argv[2] ?? process.env.PORT ?? 0);
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const peer = new Peer(`http://localhost:${server.address().port}`);
  server.on("request", (incoming, outgoing) => handle(peer, incoming, outgoing));
  process.once("SIGTERM", () => process.exit(0));
  if (process.env.FEDIFY_PEER_STDIN === "1") process.stdin.resume().once("end", () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ ready: true, url: peer.origin })}\n`);
}

await main();
