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

  // Times in the reader's own zone. The server writes a moment with its zone named; here it becomes "today 14:02",
  // counted by the reader's own days, and is said anew every minute, so that a page left open stays true over midnight.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dayNames = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
  const spoken = (at, now) => {
    const days = Math.round((midnight(at) - midnight(now)) / 86400000); // rounded: a day may have 23 or 25 hours
    if (days === 0 || days === -1) return `${dayNames.format(days, "day")} ${clock.format(at)}`;
    const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
    return `${at.toLocaleDateString(language, { day: "numeric", month: "short", year })}, ${clock.format(at)}`;
  };
  const units = [["year", 31536000], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const age = (at, now) => {
    const seconds = (now - at) / 1000;
    const unit = units.find(([, size]) => seconds >= size);
    if (!unit) return "";
    return new Intl.NumberFormat(language, { style: "unit", unit: unit[0], unitDisplay: "long" }).format(Math.floor(seconds / unit[1]));
  };
  const tellTimes = () => {
    const now = new Date();
    for (const time of document.querySelectorAll("time[data-moment], time[data-age], time[data-relative]")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      const text = time.matches("[data-moment]") ? spoken(at, now) : time.matches("[data-age]") ? age(at, now) : "";
      if (text && time.textContent !== text) time.textContent = text;
      if (!time.title) time.title = at.toLocaleString(language, { dateStyle: "medium", timeStyle: "long" });
    }
  };
  window.setInterval(tellTimes, 60000);
  document.addEventListener("visibilitychange", tellTimes);

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
  document.addEventListener("htmx:afterSwap", () => {
    tellTimes();
    for (const part of document.querySelectorAll("[data-announce]")) {
      const text = part.dataset.announce;
      if (said.get(part.id) && said.get(part.id) !== text) {
        announce(text);
        part.classList.add("changed");
      }
      said.set(part.id, text);
    }
  });

  const open = document.querySelector(".tabs [aria-current]");
  if (open) open.scrollIntoView({ block: "nearest", inline: "nearest" });
  tellTimes();
})();
