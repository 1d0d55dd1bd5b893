// FEP-1b12 in small: a group holds what is posted to it and announces what happens to its posts.

import { Activity, Announce, Create, Delete, Dislike, Like, PUBLIC_COLLECTION, Undo, Update } from "@fedify/vocab";

const VOTES = [Like, Dislike];

function groupOf(world, ids) {
  return ids.map((id) => world.actors.get(id)).find((actor) => actor?.kind === "group") ?? null;
}

function addressees(object) {
  return [object.audienceIds, object.toIds, object.ccIds].flat().map((url) => url.href);
}

/** A post of a group: object is Fedify's, votes map an actor's id to "Like" or "Dislike". */
function hold(world, group, object, author) {
  world.posts.set(object.id.href, { group: group.id, object, author, deleted: false, votes: new Map() });
}

async function create(world, ctx, activity) {
  const object = await activity.getObject(ctx);
  const author = activity.actorId.href;
  if (object?.id == null || object.attributionId?.href !== author) return null;
  const parent = world.posts.get(object.replyTargetId?.href);
  const group = groupOf(world, [...addressees(activity), ...addressees(object)]) ?? world.actors.get(parent?.group);
  if (group != null) hold(world, group, object, author);
  return group;
}

async function update(world, ctx, activity) {
  const object = await activity.getObject(ctx);
  const post = world.posts.get(object?.id?.href);
  if (post?.author !== activity.actorId.href) return null;
  post.object = object;
  return world.get(post.group);
}

function remove(world, activity, deleted) {
  const post = world.posts.get(activity.objectId?.href);
  if (post == null) return null;
  const group = world.get(post.group);
  const actor = activity.actorId.href;
  if (post.author !== actor && !group.moderators.includes(actor)) return null;
  post.deleted = deleted;
  return group;
}

function vote(world, activity, given) {
  const post = world.posts.get(activity.objectId?.href);
  if (post == null) return null;
  if (given) post.votes.set(activity.actorId.href, activity.constructor.name);
  else post.votes.delete(activity.actorId.href);
  return world.get(post.group);
}

async function undo(world, ctx, activity) {
  const undone = await activity.getObject(ctx);
  if (!(undone instanceof Activity) || undone.actorId?.href !== activity.actorId.href) return null;
  if (VOTES.some((type) => undone instanceof type)) return vote(world, undone, false);
  return undone instanceof Delete ? remove(world, undone, false) : null;
}

/** Let the activity take effect on the posts; the group it belongs to, or null if it is none's. */
async function apply(world, ctx, activity) {
  if (activity instanceof Create) return await create(world, ctx, activity);
  if (activity instanceof Update) return await update(world, ctx, activity);
  if (activity instanceof Delete) return remove(world, activity, true);
  if (activity instanceof Undo) return await undo(world, ctx, activity);
  return VOTES.some((type) => activity instanceof type) ? vote(world, activity, true) : null;
}

/** Announce to the group's followers what the activity did to its posts; once, however often it arrives. */
export async function carry(world, ctx, activity) {
  if (activity.id == null || activity.actorId == null) return;
  const group = await apply(world, ctx, activity);
  if (group == null || group.announced.has(activity.id.href)) return;
  group.announced.add(activity.id.href);
  const context = world.contextOf(group);
  const announce = new Announce({
    id: world.mint("activities"),
    actor: new URL(group.id),
    to: PUBLIC_COLLECTION,
    cc: context.getFollowersUri(group.name),
    object: activity,
  });
  world.documents.set(announce.id.href, announce);
  if (activity instanceof Create) group.outbox.push(announce);
  await context.sendActivity({ identifier: group.name }, "followers", announce, { preferSharedInbox: true });
}

/** What GET group-posts tells of one post. */
export async function describePost(post, contextLoader) {
  const votes = [...post.votes];
  const ofType = (type) => votes.filter(([, given]) => given === type).map(([actor]) => actor);
  return {
    id: post.object.id.href,
    type: post.object.constructor.name,
    name: post.object.name?.toString() ?? null,
    content: post.object.content?.toString() ?? null,
    author: post.author,
    in_reply_to: post.object.replyTargetId?.href ?? null,
    deleted: post.deleted,
    likes: ofType("Like"),
    dislikes: ofType("Dislike"),
    raw: await post.object.toJsonLd({ contextLoader }),
  };
}
