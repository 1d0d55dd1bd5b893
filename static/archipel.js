// Optional comfort: copy buttons, and where one is in a strip of links. Every page works without this file.
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
for (const link of document.querySelectorAll(".strip [aria-current]")) {
  const strip = link.closest("nav, ul");
  strip.scrollLeft = link.offsetLeft - strip.offsetLeft - 16;
}
