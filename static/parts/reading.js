// Reading threads: the next comments in place, word of new ones, folding, keys, sharing, quoting what is selected.
const comments = document.getElementById("comments");
const policy = window.trustedTypes?.createPolicy("archipel-reading", { createHTML: (text) => text });

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const text = await answer.text();
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
}

// Menus close when something else is meant.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.share[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open], details.share[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const button of document.querySelectorAll("button[data-share]")) {
  if (!navigator.share) break;
  button.hidden = false;
  button.addEventListener("click", () => navigator.share({ url: button.dataset.share, title: document.title }).catch(() => {}));
}

// The next page of comments comes below those that are there; without this the link leads to it.
comments?.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-into]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const nav = link.parentElement;
  link.setAttribute("aria-busy", "true");
  try {
    const page = await fetched(link.href);
    const added = [...page.querySelectorAll("#tree > li")].filter((one) => !document.getElementById(one.id));
    document.getElementById("tree").append(...added);
    const next = page.querySelector("a[data-into]");
    if (next) nav.replaceChildren(next);
    else nav.remove();
    show(added[0]);
  } catch {
    location.assign(link.href);
  }
});

function show(comment) {
  if (!comment) return;
  for (let fold = comment.closest("details.below"); fold; fold = fold.parentElement.closest("details.below")) fold.open = true;
  const article = comment.querySelector("article");
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "center" });
}

// A link to a comment that stands in a fold opens it.
function unfold() {
  const aim = location.hash.startsWith("#c-") && document.getElementById(location.hash.slice(1));
  if (aim) show(aim);
}
addEventListener("hashchange", unfold);
unfold();

// Word of new comments. It never moves what one reads: a button says how many, and brings them.
const live = comments?.dataset.live;
if (live && window.EventSource) {
  let source = null;
  const button = document.createElement("button");
  const status = document.createElement("div");
  button.type = "button";
  button.className = "news";
  status.setAttribute("role", "status");
  status.className = "news-place";
  button.hidden = true;
  status.append(button);
  comments.append(status);
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource(live);
      source.addEventListener("comments", (event) => {
        const count = Number(event.data);
        button.hidden = count === 0;
        button.textContent = count === 1 ? comments.dataset.one : comments.dataset.many.replace("#", count);
      });
    }
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const page = await fetched(location.pathname + location.search);
      const first = merge(document.getElementById("tree"), page.getElementById("tree"));
      comments.querySelector(".comments-head").replaceWith(page.querySelector(".comments-head"));
      button.hidden = true;
      source?.close();
      source = null;
      listen();
      show(first);
    } catch {
      location.reload();
    }
    button.disabled = false;
  });
  listen();
}

// Put in what is there of a fresh tree and not here yet, each below what it answers. Returns the first one.
function merge(tree, fresh) {
  if (!fresh) return null;
  if (!tree) {
    const empty = comments.querySelector(".empty-line");
    empty?.replaceWith(fresh);
    return fresh.querySelector("li");
  }
  let first = null;
  for (const one of fresh.querySelectorAll("li.comment")) {
    if (document.getElementById(one.id)) continue;
    const above = one.parentElement.closest("li.comment");
    const there = above ? document.getElementById(above.id) : null;
    if (above && !there) continue; // it comes along with what it answers
    one.classList.add("fresh");
    first ??= one;
    if (!above) tree.append(one);
    else if (there.querySelector(":scope > .below > .tree")) there.querySelector(":scope > .below > .tree").append(one);
    else there.append(above.querySelector(":scope > .below"));
  }
  return first;
}

// Keys: j and k from comment to comment, n to the next new one, o folds, ? says so.
function visible() {
  return [...document.querySelectorAll("#tree li.comment")].filter((one) => one.checkVisibility?.() ?? one.offsetParent);
}
function step(by, among) {
  const all = visible();
  const here = all.indexOf(document.activeElement?.closest("li.comment"));
  const wanted = by > 0 ? all.slice(here + 1) : all.slice(0, Math.max(here, 0)).reverse();
  show(wanted.find(among));
}
const keys = document.getElementById("keys");
document.addEventListener("keydown", (event) => {
  if (!comments || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (event.key === "j") step(1, () => true);
  else if (event.key === "k") step(-1, () => true);
  else if (event.key === "n") step(1, (one) => one.classList.contains("fresh"));
  else if (event.key === "o") {
    const fold = document.activeElement?.closest("li.comment")?.querySelector(":scope > details.below");
    if (fold) fold.open = !fold.open;
  } else if (event.key === "?" && keys?.showModal) keys.showModal();
});
for (const button of document.querySelectorAll("button[data-keys]")) {
  if (!keys?.showModal) break;
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}
keys?.querySelector("[data-close]").addEventListener("click", () => keys.close());
for (const button of document.querySelectorAll("button[data-folds]")) {
  button.hidden = !document.querySelector("#tree .below");
  button.addEventListener("click", () => {
    const open = button.dataset.folds === "open";
    for (const fold of document.querySelectorAll("#tree .below")) fold.open = open;
    button.dataset.folds = open ? "close" : "open";
    [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
  });
}

// Quoting: what is selected in a comment goes into its own answer box.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-quote]");
  if (!link || event.ctrlKey || event.metaKey) return;
  const comment = document.getElementById(link.dataset.quote);
  const box = comment?.querySelector(":scope > article textarea[name=source]");
  const words = comment?.querySelector(":scope > article .prose");
  if (!box || !words) return;
  event.preventDefault();
  const selected = getSelection();
  const chosen = selected && words.contains(selected.anchorNode) ? String(selected).trim() : "";
  const quoted = (chosen || words.innerText.trim()).split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");
  box.value += `${box.value && !box.value.endsWith("\n") ? "\n" : ""}${quoted}\n\n`;
  link.closest("details.menu").open = false;
  box.closest("details.reply").open = true;
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
