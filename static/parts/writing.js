// Writing: Markdown by buttons and keys, names and emoji completed, a preview in place, drafts kept while one writes.
// Every form works without this file.
const policy = window.trustedTypes?.createPolicy("archipel-writing", { createHTML: (text) => text });
const AFTER = 3000; // milliseconds without a key, then the draft is kept

// A film is asked for when somebody presses play, and not before.
for (const link of document.querySelectorAll("a[data-film]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = link.dataset.film;
    frame.title = link.dataset.title;
    frame.allow = "fullscreen; autoplay";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation");
    frame.referrerPolicy = "strict-origin";
    const box = document.createElement("div");
    box.className = "film";
    box.append(frame);
    link.parentElement.replaceWith(box);
    frame.focus();
  });
}

function around(area, before, after, sample) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to) || sample;
  area.setRangeText(before + chosen + after, from, to, "end");
  area.setSelectionRange(from + before.length, from + before.length + chosen.length);
}

function eachLine(area, mark) {
  const { value } = area;
  const from = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const end = value.indexOf("\n", area.selectionEnd);
  const to = end < 0 ? value.length : end;
  const lines = value.slice(from, to).split("\n").map((line, index) => mark(index) + line);
  area.setRangeText(lines.join("\n"), from, to, "end");
}

const WAYS = {
  bold: (area) => around(area, "**", "**", ""),
  italic: (area) => around(area, "*", "*", ""),
  code: (area) => (area.value.slice(area.selectionStart, area.selectionEnd).includes("\n") ? around(area, "```\n", "\n```", "") : around(area, "`", "`", "")),
  link: (area) => {
    const from = area.selectionStart;
    const chosen = area.value.slice(from, area.selectionEnd);
    const isAddress = /^https?:\/\/\S+$/.test(chosen);
    area.setRangeText(isAddress ? `[](${chosen})` : `[${chosen}](https://)`, from, area.selectionEnd, "end");
    const at = isAddress || !chosen ? from + 1 : area.selectionEnd - 1;
    area.setSelectionRange(at, at);
  },
  quote: (area) => eachLine(area, () => "> "),
  list: (area) => eachLine(area, () => "- "),
  numbers: (area) => eachLine(area, (index) => `${index + 1}. `),
  heading: (area) => eachLine(area, () => "### "),
  smile: (area) => area.setRangeText(":", area.selectionStart, area.selectionEnd, "end"),
};
const KEYS = { b: "bold", i: "italic", k: "link" };

function write(area, way) {
  area.focus();
  WAYS[way](area);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const bar of document.querySelectorAll("[data-tools]")) {
  const area = document.getElementById(bar.dataset.tools);
  const buttons = [...bar.querySelectorAll("button")];
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-write]");
    if (button) write(area, button.dataset.write);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    for (const one of buttons) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  });
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !KEYS[event.key]) return;
    event.preventDefault();
    write(area, KEYS[event.key]);
  });
}

// Names and emoji: a list below the text, by the pattern of a combobox (ARIA APG).
function completing(area) {
  const list = document.createElement("ul");
  list.id = `${area.id}-names`;
  list.className = "names-list";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  area.after(list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let begun = "";
  let chosen = -1;
  let waiting = 0;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    chosen = (at + list.children.length) % list.children.length;
    [...list.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === chosen)));
    area.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (item) => {
    const from = area.selectionStart - begun.length;
    area.setRangeText(`${item.dataset.text} `, from, area.selectionStart, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const ask = async (typed) => {
    const answer = await fetch(`/compose/complete?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return close();
    const { found } = await answer.json();
    if (typed !== begun) return;
    list.replaceChildren(
      ...found.map((one, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.dataset.text = one.text;
        item.textContent = one.label;
        if (one.hint && one.hint !== one.label) {
          const hint = document.createElement("span");
          hint.className = "host";
          hint.textContent = ` ${one.hint}`;
          item.append(hint);
        }
        return item;
      }),
    );
    list.hidden = !found.length;
    if (found.length) mark(0);
  };
  area.addEventListener("input", () => {
    const before = area.value.slice(0, area.selectionStart);
    begun = before.match(/(?:^|[\s(])([@!][\w.-]+(?:@[\w.-]*)?|:[\p{L}_]{2,})$/u)?.[1] || "";
    clearTimeout(waiting);
    if (begun) waiting = setTimeout(() => ask(begun).catch(close), 150);
    else close();
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(chosen + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    event.preventDefault();
    if (item) take(item);
  });
  area.addEventListener("blur", close);
}

// A body as the form would send it, without its files: those go up by themselves.
function bodyOf(form, what) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  body.set("do", what);
  return body;
}

for (const form of document.querySelectorAll("form[data-compose]")) {
  const area = form.querySelector("textarea[name=source]");
  const told = form.querySelector("[data-kept]");
  const draft = form.querySelector("input[name=draft]");
  const words = () => ["title", "source", "link_url", "options"].map((name) => form.elements[name]?.value || "").join("\n");
  let kept = words();
  let waiting = 0;
  let going = null;
  let left = false;

  const keep = () => {
    if (!going && words() !== kept) going = send().finally(() => (going = null));
  };
  const send = async () => {
    const now = words();
    try {
      const answer = await fetch(form.action, { method: "POST", body: bodyOf(form, "draft"), headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { draft: token } = await answer.json();
      if (draft) draft.value = token;
      kept = now;
      told.textContent = token ? form.dataset.saysKept : "";
    } catch {
      if (!left) told.textContent = form.dataset.saysLost;
    }
    if (words() !== now && !left) later();
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, AFTER);
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    left = true;
    clearTimeout(waiting);
    if (!going) return;
    event.preventDefault(); // a draft that came after what is published would be kept for nothing
    going.then(() => form.requestSubmit(event.submitter));
  });
  addEventListener("pageshow", () => (left = false));
  addEventListener("beforeunload", (event) => {
    if (!left && words() !== kept) event.preventDefault();
  });

  const zone = form.querySelector("[data-zone]");
  if (zone) {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
    form.querySelector("[data-zone-told]").textContent = zone.value;
  }

  form.querySelector("[data-preview]")?.addEventListener("click", async (event) => {
    event.preventDefault();
    const body = new FormData();
    body.append("csrf", form.elements.csrf.value);
    body.append("source", area.value);
    try {
      const answer = await fetch("/compose/preview", { method: "POST", body: new URLSearchParams(body) });
      if (!answer.ok) throw new Error(String(answer.status));
      const { html } = await answer.json();
      let box = form.querySelector(".preview");
      if (!box) {
        box = document.createElement("section");
        box.className = "preview";
        box.tabIndex = -1;
      }
      event.target.closest(".buttons").before(box);
      const note = document.createElement("p");
      note.className = "meta";
      note.textContent = html ? form.dataset.saysPreview : form.dataset.saysNone;
      const shown = document.createElement("div");
      shown.className = "prose";
      shown.dir = "auto";
      shown.innerHTML = policy ? policy.createHTML(html) : html; // cleaned by the node, as every page's words are
      box.replaceChildren(note, shown);
      box.focus({ preventScroll: true });
      box.scrollIntoView({ block: "nearest" });
    } catch {
      event.target.removeAttribute("data-preview");
      left = true;
      form.requestSubmit(event.target);
    }
  });

  if (area) completing(area);
}
