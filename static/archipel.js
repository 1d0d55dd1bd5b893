// Optional comfort: copy buttons. Every page works without this file.
"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}
// A form that takes a while says so; its words are back when somebody comes back.
for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button");
  const words = button.textContent;
  form.addEventListener("submit", () => {
    button.textContent = form.dataset.busy;
    button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    button.textContent = words;
    button.removeAttribute("aria-busy");
  });
}
