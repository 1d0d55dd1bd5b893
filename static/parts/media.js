// Comfort for pictures and files in a form: each goes up by itself, with its progress; pasting, dropping, order.
// Every form works without this file.
"use strict";
for (const box of document.querySelectorAll("[data-attach]")) {
  const form = box.closest("form");
  const list = box.querySelector(".attached");
  const named = box.querySelector('input[name="media"]');
  const chooser = box.querySelector('input[type="file"]');
  const told = box.querySelector("[data-told]");
  const sample = box.querySelector("template").content.firstElementChild;
  const most = Number(box.dataset.most);
  let going = 0;

  const tokens = () => [...list.children].map((one) => one.dataset.token).filter(Boolean);
  const note = () => {
    named.value = tokens().join(" ");
    if (chooser) chooser.disabled = list.children.length >= most;
  };

  const complain = (name, sentence) => {
    const line = document.createElement("p");
    line.className = "wrong";
    line.setAttribute("role", "alert");
    line.textContent = name ? `${name}: ${sentence}` : sentence;
    list.before(line);
  };

  const handle = (line) => {
    line.querySelector(".tick").remove();
    for (const button of line.querySelectorAll("[data-do]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        if (button.dataset.do === "out") {
          const near = line.nextElementSibling || line.previousElementSibling;
          line.request?.abort();
          line.remove();
          (near?.querySelector("input") || chooser)?.focus();
        } else if (button.dataset.do === "earlier" && line.previousElementSibling) {
          line.previousElementSibling.before(line);
          button.focus();
        } else if (button.dataset.do === "later" && line.nextElementSibling) {
          line.nextElementSibling.after(line);
          button.focus();
        }
        note();
      });
    }
  };

  const show = (line, answer) => {
    line.dataset.token = answer.token;
    const words = line.querySelector("input[name]");
    words.name = words.id = `alt-${answer.token}`;
    line.querySelector("label").htmlFor = words.id;
    line.querySelector("progress").hidden = true;
    if (answer.thumb) {
      const picture = new Image(160, 160);
      picture.alt = "";
      picture.src = answer.thumb;
      line.querySelector(".sample").replaceChildren(picture);
    }
    note();
  };

  const send = (file) => {
    if (list.children.length >= most) {
      complain(file.name, box.dataset.full);
      return;
    }
    const line = sample.cloneNode(true);
    const progress = line.querySelector("progress");
    const words = line.querySelector("input[name]");
    words.removeAttribute("name");
    words.id = `alt-${Date.now()}-${list.children.length}`;
    words.setAttribute("name", "");
    const label = line.querySelector("label");
    label.htmlFor = words.id;
    label.prepend(`${file.name} · `);
    progress.hidden = false;
    handle(line);
    list.append(line);
    const body = new FormData();
    body.append("csrf", form.querySelector('input[name="csrf"]').value);
    body.append("files", file, file.name);
    const request = (line.request = new XMLHttpRequest());
    request.open("POST", box.dataset.attach);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      going -= 1;
      if (going === 0) told.textContent = "";
      if (request.status === 201 && request.response) {
        show(line, request.response);
      } else {
        if (line.isConnected) complain(file.name, request.response?.error || box.dataset.failed);
        line.remove();
        note();
      }
    });
    going += 1;
    request.send(body);
    note();
  };

  for (const line of list.children) handle(line);
  box.querySelector(".send-files")?.remove();
  chooser?.removeAttribute("name");
  chooser?.addEventListener("change", () => {
    for (const file of chooser.files) send(file);
    chooser.value = "";
  });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    files.forEach(send);
  });
  form.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    box.classList.add("over");
  });
  form.addEventListener("dragleave", () => box.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    box.classList.remove("over");
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    event.preventDefault();
    files.forEach(send);
  });
  form.addEventListener("submit", (event) => {
    if (!going) return;
    event.preventDefault();
    complain("", box.dataset.going);
  });
  note();
}
