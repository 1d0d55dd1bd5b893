// The API by which a test plays this peer's users: JSON over plain HTTP under /_control/.

import { verifyObject } from "@fedify/fedify";
import {
  Activity, Announce, Article, Create, Delete, Dislike, Follow, isActor, Like, Mention, Note, Page, PUBLIC_COLLECTION, Tombstone,
  Undo, Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";
import { makeKeys } from "./federation.mjs";
import { describePost } from "./group.mjs";

const OBJECTS = { Note, Page, Article };
const PUBLIC = PUBLIC_COLLECTION.href;

const urls = (values) => (values ?? []).map((value) => new URL(value));
const now = () => Temporal.Now.instant();

/** Everyone of *addresses* who has an inbox; those who cannot be found are named in *unresolved*. */
async function resolve(world, sender, addresses) {
  const context = world.contextOf(sender);
  const documentLoader = await context.getDocumentLoader({ identifier: sender.name });
  const found = { recipients: [], unresolved: [] };
  for (const address of new Set(addresses)) {
    if (address === PUBLIC) continue;
    if (address === `${sender.id}/followers`) {
      found.recipients.push(...sender.followers.values());
      continue;
    }
    const actor = await context.lookupObject(address, { documentLoader });
    if (isActor(actor)) found.recipients.push(actor);
    else found.unresolved.push(address);
  }
  return found;
}

/** Send, and tell what became of it: each POST with its status, and Fedify's error if one failed. */
async function send(world, sender, activity, addresses) {
  const context = world.contextOf(sender);
  const { recipients, unresolved } = await resolve(world, sender, addresses);
  const deliveries = [];
  let error = null;
  world.documents.set(activity.id.href, activity);
  world.sent.set(activity.id.href, { activity, addresses });
  try {
    await world.egress.watch(deliveries, () =>
      context.sendActivity({ identifier: sender.name }, recipients, activity, { preferSharedInbox: true }));
  } catch (thrown) {
    error = String(thrown);
  }
  const sent = error == null && recipients.length > 0;
  const json = await activity.toJsonLd({ contextLoader: context.contextLoader });
  return { id: activity.id.href, object: activity.objectId?.href ?? null, sent, error, unresolved, deliveries, activity: json };
}

/** The values that every activity of ours has. */
function envelope(world, sender, to, cc, audience) {
  return {
    id: world.mint("activities"),
    actor: new URL(sender.id),
    tos: urls(to),
    ccs: urls(cc),
    audiences: urls(audience),
  };
}

function mentions(values) {
  return (values ?? []).map((value) => {
    const { href, name } = typeof value === "string" ? { href: value, name: value } : value;
    return new Mention({ href: new URL(href), name });
  });
}

function makeObject(world, sender, type, values) {
  if (!(type in OBJECTS)) throw new TypeError(`type is ${type}: say Note, Page or Article`);
  const object = new OBJECTS[type]({
    id: world.mint("objects"),
    attribution: new URL(sender.id),
    published: now(),
    mediaType: "text/html",
    ...values,
  });
  world.documents.set(object.id.href, object);
  return object;
}

async function publish(world, sender, object, to, cc, audience, addresses) {
  const activity = new Create({ ...envelope(world, sender, to, cc, audience), object, published: object.published });
  sender.outbox.push(activity);
  return await send(world, sender, activity, addresses);
}

async function create(world, { actor, group, type, name, content, to, cc }) {
  const sender = world.get(actor);
  const audience = group == null ? [] : [group];
  const toAll = [...audience, ...(to ?? [PUBLIC])];
  const ccAll = cc ?? [`${sender.id}/followers`];
  const object = makeObject(world, sender, type ?? "Note", {
    name, content, tos: urls(toAll), ccs: urls(ccAll), audiences: urls(audience),
  });
  return await publish(world, sender, object, toAll, ccAll, audience, [...toAll, ...ccAll]);
}

/** Who is mentioned is addressed as well, as everywhere in this field. */
async function reply(world, { actor, inReplyTo, content, to, cc, audience, mentions: mentioned }) {
  const sender = world.get(actor);
  const tags = mentions(mentioned);
  const toAll = to ?? [PUBLIC];
  const others = tags.map((tag) => tag.href.href).filter((href) => !toAll.includes(href));
  const ccAll = [...new Set([...(cc ?? []), ...others])];
  const object = makeObject(world, sender, "Note", {
    content, replyTarget: new URL(inReplyTo), tags,
    tos: urls(toAll), ccs: urls(ccAll), audiences: urls(audience),
  });
  return await publish(world, sender, object, toAll, ccAll, audience, [...toAll, ...ccAll]);
}

/** Verbs that are an activity about something by its id: follow, like, dislike, announce. */
const about = (Type, defaultTo) => async (world, { actor, object, to, cc }) => {
  const sender = world.get(actor);
  const toAll = to ?? defaultTo(sender, object);
  const activity = new Type({ ...envelope(world, sender, toAll, cc), object: new URL(object) });
  if (Type === Follow) sender.following.set(object, "requested");
  return await send(world, sender, activity, [...toAll, ...(cc ?? [])]);
};

async function undo(world, { actor, activity }) {
  const sender = world.get(actor);
  const past = world.sent.get(activity);
  if (past == null) throw new TypeError(`not sent by this peer: ${activity}`);
  const undone = past.activity;
  if (undone instanceof Follow) sender.following.delete(undone.objectId.href);
  const made = new Undo({ ...envelope(world, sender, undone.toIds, undone.ccIds, undone.audienceIds), object: undone });
  return await send(world, sender, made, past.addresses);
}

function ownObject(world, id) {
  const object = world.documents.get(id);
  if (object == null) throw new TypeError(`not an object of this peer: ${id}`);
  return object;
}

function sentWith(world, objectId) {
  return [...world.sent.values()].find(({ activity }) =>
    activity instanceof Create && activity.objectId?.href === objectId);
}

async function update(world, { actor, object: id, name, content }) {
  const sender = world.get(actor);
  const past = ownObject(world, id);
  const object = past.clone({ name: name ?? past.name, content: content ?? past.content, updated: now() });
  world.documents.set(id, object);
  const { addresses } = sentWith(world, id);
  const activity = new Update({ ...envelope(world, sender, object.toIds, object.ccIds, object.audienceIds), object });
  return await send(world, sender, activity, addresses);
}

async function remove(world, { actor, object: id, summary }) {
  const sender = world.get(actor);
  const past = world.documents.get(id);
  const { activity, addresses } = sentWith(world, id) ?? { activity: null, addresses: [] };
  const values = envelope(world, sender, activity?.toIds, activity?.ccIds, activity?.audienceIds);
  if (past != null) world.documents.set(id, new Tombstone({ id: past.id, deleted: now() }));
  const made = new Delete({ ...values, object: new URL(id), summary });
  return await send(world, sender, made, addresses);
}

async function addPerson(world, { name, title }) {
  return { id: world.addActor("person", name, await makeKeys(), { title }).id };
}

async function addGroup(world, { name, title, moderators }) {
  const extra = { title, moderators: moderators ?? [], featured: [], announced: new Set() };
  return { id: world.addActor("group", name, await makeKeys(), extra).id };
}

function feature(world, { group, object }) {
  if (!world.posts.has(object)) throw new TypeError(`the group does not hold ${object}`);
  world.get(group).featured.push(object);
  return { featured: world.get(group).featured };
}

/** Let Fedify look up a URL or handle, as *actor* if given: what it understood, as type and JSON. */
async function lookup(world, { actor, object }) {
  const sender = actor == null ? null : world.get(actor);
  const context = sender == null
    ? world.federations.person.createContext(new URL(world.origin), { raw: null })
    : world.contextOf(sender);
  const documentLoader = sender == null ? undefined : await context.getDocumentLoader({ identifier: sender.name });
  const found = await context.lookupObject(object, { documentLoader });
  if (found == null) return { found: false };
  const { contextLoader } = context;
  const expanded = await found.toJsonLd({ format: "compact", contextLoader });
  return { found: true, type: found.constructor.name, id: found.id?.href ?? null, understood: expanded };
}

/** Whether Fedify takes the proofs that *document*, an activity, carries for its actor's. */
async function verify(world, { document }) {
  const context = world.federations.person.createContext(new URL(world.origin), { raw: null });
  const { contextLoader, documentLoader } = context;
  return { verified: await verifyObject(Activity, document, { contextLoader, documentLoader }) != null };
}

const POSTS = {
  "add-person": addPerson,
  "add-group": addGroup,
  follow: about(Follow, (_sender, object) => [object]),
  like: about(Like, () => [PUBLIC]),
  dislike: about(Dislike, () => [PUBLIC]),
  announce: about(Announce, (sender) => [PUBLIC, `${sender.id}/followers`]),
  create,
  reply,
  undo,
  update,
  delete: remove,
  feature,
  lookup,
  verify,
};

function query(parameters) {
  const { actor, type, inner, since } = parameters;
  return { actor, type, inner, since: Number(since ?? 0) };
}

async function groupPosts(world, { group }) {
  const { contextLoader } = world.contextOf(world.get(group));
  const held = [...world.posts.values()].filter((post) => post.group === group);
  return { posts: await Promise.all(held.map((post) => describePost(post, contextLoader))) };
}

const GETS = {
  received: (world, parameters) => ({ arrivals: world.received(query(parameters)) }),
  wait: (world, parameters) =>
    world.wait(query(parameters), Number(parameters.count ?? 1), Number(parameters.timeout_ms ?? 10_000)),
  followers: (world, { actor }) => ({ followers: [...world.get(actor).followers.keys()] }),
  following: (world, { actor }) => ({ following: Object.fromEntries(world.get(actor).following) }),
  "group-posts": groupPosts,
  requests: (world) => ({ requests: world.requests }),
  outgoing: (world) => ({ outgoing: world.egress.log }),
  rejected: (world) => ({ rejected: world.rejected }),
};

/** Answer one control call: 200 with its result, 400 with {"error"} for a wrong one, 404 for an unknown one. */
export async function control(world, request, url) {
  const verb = url.pathname.slice("/_control/".length);
  const table = request.method === "POST" ? POSTS : request.method === "GET" ? GETS : {};
  if (!Object.hasOwn(table, verb)) return Response.json({ error: `no ${request.method} ${verb}` }, { status: 404 });
  try {
    const parameters = request.method === "POST" ? await request.json() : Object.fromEntries(url.searchParams);
    return Response.json(await table[verb](world, parameters));
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 400 });
  }
}
