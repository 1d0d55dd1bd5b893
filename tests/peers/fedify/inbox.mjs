// What this peer does with an activity whose signature Fedify has found good.

import { Accept, Announce, Create, Follow, Undo, Update } from "@fedify/vocab";
import { carry } from "./group.mjs";

/** Activities about a document, not about an actor or an id: their object is looked into. */
const ABOUT_DOCUMENTS = [Accept, Announce, Create, Undo, Update];

const idOf = (value) => (typeof value === "string" ? value : value?.id ?? null);

/** Actors of ours that an arrival concerns: whose inbox, who is addressed, who follows the sender. */
function concerned(world, ctx, activity) {
  const addressed = [activity.toIds, activity.ccIds, activity.audienceIds, activity.objectIds ?? []].flat();
  const named = new Set(addressed.map((url) => url.href));
  const sender = activity.actorId?.href;
  return [...world.actors.values()]
    .filter((actor) =>
      named.has(actor.id) || actor.following.has(sender) ||
      (ctx.recipient != null && actor.name === ctx.recipient)
    )
    .map((actor) => actor.id);
}

/** Fedify reads a type that it does not know, such as Lock, as a plain Activity or Object: take the document's. */
function typeOf(read, raw) {
  const known = read.constructor.name;
  return ["Activity", "Object"].includes(known) && typeof raw?.type === "string" ? raw.type : known;
}

/** The type of what Fedify makes of the object: embedded and trusted, or fetched from its origin. */
async function innerType(ctx, activity, raw) {
  if (!ABOUT_DOCUMENTS.some((type) => activity instanceof type)) return null;
  try {
    const object = await activity.getObject(ctx);
    return object == null ? null : typeOf(object, raw.object);
  } catch (error) {
    return `unreadable: ${error.message}`;
  }
}

async function describe(world, ctx, activity) {
  const raw = JSON.parse(ctx.data.raw);
  return {
    type: typeOf(activity, raw),
    id: activity.id?.href ?? null,
    actor: activity.actorId?.href ?? null,
    object: idOf(raw.object),
    inner: await innerType(ctx, activity, raw),
    inbox: ctx.recipient ?? null,
    for: concerned(world, ctx, activity),
    raw,
  };
}

async function follow(world, ctx, activity) {
  const followed = world.actors.get(activity.objectId?.href);
  const follower = await activity.getActor(ctx);
  if (followed == null || follower?.id == null) return;
  followed.followers.set(follower.id.href, {
    id: follower.id,
    inboxId: follower.inboxId,
    endpoints: follower.endpoints,
  });
  const accept = new Accept({
    id: world.mint("activities"),
    actor: new URL(followed.id),
    object: activity,
    to: follower.id,
  });
  world.documents.set(accept.id.href, accept);
  await world.contextOf(followed).sendActivity({ identifier: followed.name }, follower, accept);
}

async function undo(world, ctx, activity) {
  const undone = await activity.getObject(ctx);
  if (!(undone instanceof Follow)) return false;
  if (undone.actorId?.href !== activity.actorId?.href) return true;
  world.actors.get(undone.objectId?.href)?.followers.delete(activity.actorId.href);
  return true;
}

async function accepted(world, ctx, activity) {
  const follow = await activity.getObject(ctx);
  if (!(follow instanceof Follow) || follow.objectId?.href !== activity.actorId?.href) return;
  const follower = world.actors.get(follow.actorId?.href);
  if (follower?.following.has(activity.actorId.href)) follower.following.set(activity.actorId.href, "accepted");
}

async function react(world, ctx, activity) {
  if (activity instanceof Follow) return await follow(world, ctx, activity);
  if (activity instanceof Accept) return await accepted(world, ctx, activity);
  if (activity instanceof Undo && await undo(world, ctx, activity)) return;
  await carry(world, ctx, activity);
}

/** Handle an arrival, then record it: who waits for it finds its effects done. */
export async function receive(world, ctx, activity) {
  const arrival = await describe(world, ctx, activity);
  const deliveries = [];
  try {
    await world.egress.watch(deliveries, () => react(world, ctx, activity));
  } catch (error) {
    // An answer that could not be delivered is not the sender's fault: note it, say 202.
    arrival.error = String(error);
  }
  world.record({ ...arrival, deliveries });
}
