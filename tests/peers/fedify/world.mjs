// What this peer remembers: its actors, the documents it made, the posts its groups hold, what arrived.

import { Tombstone } from "@fedify/vocab";
import { respondWithObject } from "@fedify/fedify";

const KINDS = { person: "/users/", group: "/groups/" };

export class World {
  /** origin: "http://localhost:PORT". egress: the notes of what was sent. */
  constructor(origin, egress) {
    this.origin = origin;
    this.egress = egress;
    this.actors = new Map(); // id -> Actor record, see addActor
    this.documents = new Map(); // id -> Fedify object or activity that we made
    this.sent = new Map(); // activity id -> {activity, recipients}
    this.posts = new Map(); // object id -> post held by a group, see group.mjs
    this.arrivals = []; // verified activities, in the order their handling ended
    this.rejected = []; // activities whose signature did not hold, with Fedify's reason
    this.requests = []; // every request that reached us but control calls
    this.waiting = new Set(); // functions to call after each arrival
    this.federations = null; // set by makeFederations
  }

  idOf(kind, name) {
    return `${this.origin}${KINDS[kind]}${name}`;
  }

  /** Add a person or group; a name is taken once for both, as they share the handle name@host. */
  addActor(kind, name, keys, extra = {}) {
    if (!/^[a-z0-9_-]+$/.test(name)) throw new TypeError(`not a name: ${name}`);
    if (this.named(name) != null) throw new TypeError(`there is already an actor called ${name}`);
    const id = this.idOf(kind, name);
    const actor = { kind, name, id, keys, followers: new Map(), following: new Map(), outbox: [], ...extra };
    this.actors.set(id, actor);
    return actor;
  }

  named(name) {
    return [...this.actors.values()].find((actor) => actor.name === name) ?? null;
  }

  find(kind, name) {
    return this.actors.get(this.idOf(kind, name)) ?? null;
  }

  get(id) {
    const actor = this.actors.get(id);
    if (actor == null) throw new TypeError(`no actor of this peer: ${id}`);
    return actor;
  }

  /** The kind of actor that a WebFinger resource (acct: or URL) names; "person" if it names none. */
  kindOfResource(resource) {
    const name = /^acct:@?([^@]+)@/.exec(resource)?.[1];
    return (name == null ? this.actors.get(resource) : this.named(name))?.kind ?? "person";
  }

  contextOf(actor) {
    return this.federations[actor.kind].createContext(new URL(this.origin), { raw: null });
  }

  mint(folder) {
    return new URL(`/${folder}/${crypto.randomUUID()}`, this.origin);
  }

  /** Answer a GET of an object or activity that we made; null if it is none of ours. */
  async respondWithDocument(request, url) {
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    const document = this.documents.get(url.href);
    if (document == null) return null;
    const { contextLoader } = this.federations.person.createContext(url, { raw: null });
    const response = await respondWithObject(document, { contextLoader });
    if (!(document instanceof Tombstone)) return response;
    return new Response(response.body, { status: 410, headers: response.headers });
  }

  noteRequest(incoming, status) {
    const { headers } = incoming;
    this.requests.push({
      method: incoming.method,
      path: incoming.url,
      status,
      signature: headers["signature-input"] ? "rfc9421" : headers.signature ? "draft-cavage" : null,
      accept: headers.accept ?? null,
      content_type: headers["content-type"] ?? null,
      user_agent: headers["user-agent"] ?? null,
    });
  }

  /** Note a verified arrival, whole and handled, and wake who waits for it. */
  record(arrival) {
    arrival.index = this.arrivals.length;
    this.arrivals.push(arrival);
    for (const wake of [...this.waiting]) wake();
  }

  /** Arrivals from *since* on (an index), for one actor if given, of an outer and an inner type if given. */
  received({ actor = null, type = null, inner = null, since = 0 }) {
    return this.arrivals.slice(since).filter((arrival) =>
      (actor == null || arrival.for.includes(actor)) &&
      (type == null || arrival.type === type) &&
      (inner == null || arrival.inner === inner)
    );
  }

  /** Resolve with what was received as soon as *count* arrivals match, or when the time is up. */
  wait(query, count, timeoutMs) {
    return new Promise((resolve) => {
      const finish = (timedOut) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve({ arrivals: this.received(query), timed_out: timedOut });
      };
      const look = () => this.received(query).length >= count && finish(false);
      const timer = setTimeout(() => finish(true), timeoutMs);
      this.waiting.add(look);
      look();
    });
  }
}
