// What a page looks like to who measures it: run inside pages by tests, never sent to anybody.
window.measuring = {
  // How far things moved by themselves since the page began.
  shifts: () =>
    new Promise((resolve) => {
      let sum = 0;
      const take = (list) => list.getEntries().forEach((one) => (sum += one.hadRecentInput ? 0 : one.value));
      new PerformanceObserver(take).observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => setTimeout(() => resolve(sum), 0));
    }),

  // By how many pixels the page is wider than its window, and what sticks out most.
  sideways: () => {
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide <= 0) return null;
    const worst = [...document.querySelectorAll("body *")].sort(
      (a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right,
    )[0];
    return `${wide} px: ${worst.outerHTML.slice(0, 120)}`;
  },

  // Controls lower or narrower than 24 px. Links within a sentence are not meant (WCAG 2.5.8).
  small: () => {
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".quiet, .trap, .skip");
    return [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, nav a, .button")]
      .filter(shown)
      .filter((one) => !one.disabled)
      .map((one) => {
        // A tick is as large as the label around it.
        const label = one.matches("[type=checkbox], [type=radio]") ? one.closest("label") : null;
        return [one, (label ?? one).getBoundingClientRect()];
      })
      .filter(([, box]) => box.width < 23.5 || box.height < 23.5)
      .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 100)}`);
  },

  // Controls that show nothing when the keyboard has brought somebody there. To be asked after a key was pressed.
  unmarked: () => {
    const found = [];
    for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
      if (one.tabIndex < 0 || one.disabled || !one.checkVisibility({ visibilityProperty: true })) continue;
      if (one.closest(".trap")) continue;
      one.focus({ preventScroll: true });
      const style = getComputedStyle(one);
      const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      if (!one.matches(":focus-visible") || !marked) found.push(one.outerHTML.slice(0, 120));
    }
    return found;
  },

  // What still moves for who has asked that nothing does.
  moving: () =>
    [...document.querySelectorAll("*")]
      .filter((one) => {
        const style = getComputedStyle(one);
        const spans = `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
        return Math.max(...spans) > 0.01 || style.scrollBehavior === "smooth";
      })
      .map((one) => one.outerHTML.slice(0, 80)),
};
