// What pages do faster with JavaScript; everything works without it. No state is kept here.
(() => {
  "use strict";

  const typing = (target) => target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];

  // "/" goes to the search field; j and k walk through the rows, Enter follows the focused link by itself.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (event.key === "/") {
      const field = document.querySelector("[data-search]");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    } else if (event.key === "j" || event.key === "k") {
      const all = rows();
      if (!all.length) return;
      const here = all.indexOf(document.activeElement);
      const step = event.key === "j" ? 1 : -1;
      all[here < 0 ? 0 : Math.max(0, Math.min(all.length - 1, here + step))].focus();
    }
  });

  // The exact time in the reader's own zone, beside the relative one.
  const exact = (root) => {
    for (const time of root.querySelectorAll("time[data-relative]:not([title])")) {
      const moment = new Date(time.dateTime);
      if (!Number.isNaN(moment.getTime())) time.title = moment.toLocaleString(document.documentElement.lang);
    }
  };

  // One press of a button sends once.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (form.method === "post") {
      form.dataset.sent = "1";
      window.setTimeout(() => delete form.dataset.sent, 4000);
    }
  });

  // Copy buttons: data-copy names the element whose text or value is copied.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim()).then(() => {
      announce(button.dataset.copied || "✓");
      button.classList.add("changed");
    });
  });

  const announce = (text) => {
    const place = document.getElementById("announcer");
    if (place) place.textContent = text;
  };

  // What a refreshed part says aloud is in its data-announce; it is said only when it has changed.
  const said = new Map();
  document.addEventListener("htmx:afterSwap", (event) => {
    exact(document);
    for (const part of document.querySelectorAll("[data-announce]")) {
      const text = part.dataset.announce;
      if (said.get(part.id) && said.get(part.id) !== text) {
        announce(text);
        part.classList.add("changed");
      }
      said.set(part.id, text);
    }
  });

  // A refresh never takes away what somebody is typing.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    const active = document.activeElement;
    const fresh = event.detail.requestConfig && event.detail.requestConfig.verb === "get";
    if (fresh && target && typing(active) && target.contains(active) && active.type !== "hidden") event.detail.shouldSwap = false;
  });

  exact(document);
})();
