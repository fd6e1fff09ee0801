// What pages do faster with JavaScript; everything works without it. No state is kept here. The other scripts beside
// this one tell it what to say aloud by the event "house:say".
const typing = (target) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
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
const units = [
  ["year", 31536000],
  ["month", 2629800],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const age = (at, now) => {
  const seconds = (now - at) / 1000;
  const unit = units.find(([, size]) => seconds >= size);
  if (!unit) return "";
  const number = new Intl.NumberFormat(language, { style: "unit", unit: unit[0], unitDisplay: "long" });
  return number.format(Math.floor(seconds / unit[1]));
};
const ago = (at, now) => {
  const seconds = (now - at) / 1000;
  const unit = units.find(([, size]) => seconds >= size);
  return unit ? dayNames.format(-Math.floor(seconds / unit[1]), unit[0]) : dayNames.format(0, "second");
};
const told = (time, at, now) => {
  if (time.matches("[data-moment]")) return spoken(at, now);
  if (time.matches("[data-age]")) return age(at, now);
  if (time.matches("[data-ago]")) return ago(at, now);
  return time.matches("[data-clock]") ? clock.format(at) : "";
};
const tellTimes = () => {
  const now = new Date();
  for (const time of document.querySelectorAll(
    "time[data-moment], time[data-age], time[data-ago], time[data-clock], time[data-relative]",
  )) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const text = told(time, at, now);
    if (text && time.textContent !== text) time.textContent = text;
    if (!time.title) time.title = at.toLocaleString(language, { dateStyle: "medium", timeStyle: "long" });
  }
};
window.setInterval(tellTimes, 60000);
document.addEventListener("visibilitychange", tellTimes);
document.addEventListener("house:times", tellTimes);

// What is said aloud. Emptied first: the same words twice are news twice.
document.addEventListener("house:say", (event) => {
  const place = document.getElementById("announcer");
  if (!place) return;
  place.textContent = "";
  window.requestAnimationFrame(() => {
    place.textContent = event.detail;
  });
});
const say = (text) => document.dispatchEvent(new CustomEvent("house:say", { detail: text }));

// What a refreshed part says aloud is in its data-announce; it is said, and the part marked, only when it has changed.
const said = new Map();
const tellChanges = () => {
  tellTimes();
  for (const part of document.querySelectorAll("[data-announce]")) {
    const text = part.dataset.announce;
    if (said.has(part.id) && said.get(part.id) !== text) {
      say(text);
      part.classList.add("changed");
      part.dispatchEvent(new CustomEvent("house:changed", { bubbles: true }));
    }
    said.set(part.id, text);
  }
};
document.addEventListener("htmx:afterSettle", tellChanges);

const open = document.querySelector(".tabs [aria-current]");
if (open) open.scrollIntoView({ block: "nearest", inline: "nearest" });
tellChanges();
