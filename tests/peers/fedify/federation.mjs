// What this peer is to other servers: actors, collections, NodeInfo, inboxes. All protocol work is Fedify's.

import { createFederation, MemoryKvStore } from "@fedify/fedify";
import { Activity, Create, Endpoints, Group, Person } from "@fedify/vocab";
import { receive } from "./inbox.mjs";

const FOLDER = { person: "/users", group: "/groups" };
const KNOCKS = { "draft-cavage": "draft-cavage-http-signatures-12", rfc9421: "rfc9421" };

/** Fedify keeps fetched documents for five minutes; a test wants to see them as they are now. */
class ForgetfulKvStore extends MemoryKvStore {
  async set(key, value, options) {
    if (key[1] !== "remoteDocument") await super.set(key, value, options);
  }
}

function options(world) {
  const knock = process.env.FEDIFY_PEER_FIRST_KNOCK ?? "draft-cavage";
  if (!(knock in KNOCKS)) throw new TypeError(`FEDIFY_PEER_FIRST_KNOCK is ${knock}: say draft-cavage or rfc9421`);
  return {
    kv: new ForgetfulKvStore(),
    origin: world.origin,
    allowPrivateAddress: true,
    userAgent: { software: "fedify-peer/1.0.0" },
    firstKnock: KNOCKS[knock],
    // "off" for a node whose clock the test sets: its Date header is then far from ours.
    signatureTimeWindow: process.env.FEDIFY_PEER_TIME_WINDOW === "off" ? false : { hours: 1 },
    // No queue: sending and receiving are done when the call returns.
  };
}

/** RSA for HTTP signatures (2048 bits, as peers have), Ed25519 for integrity proofs. */
export async function makeKeys() {
  const rsa = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, hash: "SHA-256" };
  const usage = ["sign", "verify"];
  return await Promise.all([
    crypto.subtle.generateKey({ ...rsa, publicExponent: new Uint8Array([1, 0, 1]) }, true, usage),
    crypto.subtle.generateKey("Ed25519", true, usage),
  ]);
}

async function actorDocument(world, kind, ctx, name) {
  const actor = world.find(kind, name);
  if (actor == null) return null;
  const keys = await ctx.getActorKeyPairs(name);
  const values = {
    id: ctx.getActorUri(name),
    preferredUsername: name,
    name: actor.title ?? name,
    url: ctx.getActorUri(name),
    inbox: ctx.getInboxUri(name),
    outbox: ctx.getOutboxUri(name),
    followers: ctx.getFollowersUri(name),
    following: ctx.getFollowingUri(name),
    endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: keys[0].cryptographicKey,
    assertionMethods: keys.map((pair) => pair.multikey),
  };
  if (kind === "person") return new Person(values);
  const moderators = ctx.getCollectionUri("moderators", { name });
  return new Group({ ...values, featured: ctx.getFeaturedUri(name), attribution: moderators });
}

function addCollections(world, kind, federation) {
  const base = `${FOLDER[kind]}/{identifier}`;
  const listing = (items) => (_ctx, name) => {
    const actor = world.find(kind, name);
    return actor == null ? null : { items: items(actor) };
  };
  const sizing = (items) => (_ctx, name) => {
    const actor = world.find(kind, name);
    return actor == null ? null : items(actor).length;
  };
  const followers = (actor) => [...actor.followers.values()];
  const following = (actor) => [...actor.following.keys()].map((id) => new URL(id));
  federation.setFollowersDispatcher(`${base}/followers`, listing(followers)).setCounter(sizing(followers));
  federation.setFollowingDispatcher(`${base}/following`, listing(following)).setCounter(sizing(following));
  const outbox = (actor) => actor.outbox.toReversed();
  federation.setOutboxDispatcher(`${base}/outbox`, listing(outbox)).setCounter(sizing(outbox));
}

function addGroupCollections(world, federation) {
  federation.setFeaturedDispatcher("/groups/{identifier}/featured", (_ctx, name) => {
    const group = world.find("group", name);
    return group == null ? null : { items: group.featured.map((id) => world.posts.get(id).object) };
  });
  federation.setOrderedCollectionDispatcher("moderators", Person, "/groups/{name}/moderators", (_ctx, { name }) => {
    const group = world.find("group", name);
    return group == null ? null : { items: group.moderators.map((id) => new URL(id)) };
  });
}

function makeFederation(world, kind) {
  const federation = createFederation(options(world));
  const base = `${FOLDER[kind]}/{identifier}`;
  federation
    .setActorDispatcher(base, (ctx, name) => actorDocument(world, kind, ctx, name))
    .setKeyPairsDispatcher((_ctx, name) => world.find(kind, name)?.keys ?? []);
  federation
    .setInboxListeners(`${base}/inbox`, "/inbox")
    .on(Activity, (ctx, activity) => receive(world, ctx, activity))
    .onError((_ctx, error) => console.error(error))
    .onUnverifiedActivity((ctx, activity, reason) => {
      world.rejected.push({ id: activity.id?.href ?? null, reason: reason.type, raw: ctx.data.raw });
    })
    // A shared inbox belongs to nobody: what it fetches is signed by the first person.
    .setSharedKeyDispatcher(() => {
      const person = [...world.actors.values()].find((actor) => actor.kind === "person");
      return person == null ? null : { identifier: person.name };
    });
  addCollections(world, kind, federation);
  return federation;
}

/** The federations of persons and of groups, also kept as world.federations. */
export function makeFederations(world) {
  const federations = { person: makeFederation(world, "person"), group: makeFederation(world, "group") };
  addGroupCollections(world, federations.group);
  const posts = () => [...world.documents.values()].filter((made) => made instanceof Create).length;
  federations.person.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: "fedify-peer", version: "1.0.0" },
    protocols: ["activitypub"],
    usage: { users: { total: world.actors.size }, localPosts: posts(), localComments: 0 },
  }));
  world.federations = federations;
  return federations;
}
