// What is sent: once, with words while it takes long, and with words where it failed. What was typed stays, the button
// works again, and after an act the next step is in view. The words are in templates/parts/said.html.
const LONG = 400; // milliseconds after which waiting is put into words
const AWAY = 30000; // milliseconds after which a page that was to go away is taken to stay
const DOWNLOAD = 4000; // milliseconds in which a file is sent once
const READ = 5000; // milliseconds for which a message stays at least

const wordsOf = (kind) => document.getElementById(`say_${kind}`).content.firstElementChild.cloneNode(true);
const submitterOf = (form, event) => event?.submitter ?? form.querySelector("button:not([type=button])");

// One press sends once. A button that waits keeps the focus and says so; it is never `disabled`, which would lose it.
const waiting = new Map();
const wait = (form, button, longest = null) => {
  form.querySelector(".said")?.remove();
  const label = [...(button?.childNodes ?? [])];
  button?.setAttribute("aria-disabled", "true");
  const timer = window.setTimeout(() => {
    if (!button) return;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.replaceChildren(document.getElementById("say_sending").content.cloneNode(true));
  }, LONG);
  const end = longest && window.setTimeout(() => free(form), longest);
  waiting.set(form, () => {
    window.clearTimeout(timer);
    window.clearTimeout(end);
    waiting.delete(form);
    button?.removeAttribute("aria-disabled");
    if (!button?.style.minWidth) return;
    button.replaceChildren(...label);
    button.style.minWidth = "";
  });
};
const free = (form) => waiting.get(form)?.();

document.addEventListener(
  "submit",
  (event) => {
    if (!waiting.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true, // before htmx hears of it
);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  wait(form, submitterOf(form, event), form.matches("[data-download]") ? DOWNLOAD : AWAY);
});
window.addEventListener("pageshow", () => {
  for (const form of [...waiting.keys()]) free(form);
});

// The same by htmx.
const isAct = (detail) => detail.requestConfig.verb !== "get";
const stepOf = () => document.querySelector("[aria-current=step]")?.id;
let stoodAt = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (isAct(event.detail) && elt.matches("form:not([role=search])"))
    wait(elt, submitterOf(elt, requestConfig.triggeringEvent));
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isAct(event.detail)) free(event.detail.requestConfig.elt);
});

// In the form that it is about: why it was not saved, or what else is to be known before it is sent.
const tell = (form, kind) => {
  const earlier = form?.querySelector(".said");
  if (!form || earlier?.dataset.said === kind) return;
  earlier?.remove();
  const words = wordsOf(kind);
  const actions = form.querySelector(".form-actions");
  if (actions) actions.before(words);
  else form.append(words);
  if (words.role === "alert") words.scrollIntoView({ block: "nearest" });
};
document.addEventListener("house:tell", (event) => tell(event.detail.form, event.detail.kind));

// Who has signed in again meanwhile has fresh tokens against forgery, which the forms of this page lack.
const renew = async () => {
  const answer = await fetch(window.location.href);
  const door = wordsOf("signed_out").querySelector("a").pathname;
  if (new URL(answer.url).pathname === door) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fresh.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return false;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  return true;
};
const refused = async (form, status) => {
  if (status === 401) tell(form, "signed_out");
  else if (status === 403) tell(form, (await renew().catch(() => false)) ? "renewed" : "signed_out");
  else tell(form, status >= 500 ? "server" : "outdated");
};
document.addEventListener("htmx:responseError", (event) => {
  if (isAct(event.detail)) refused(event.detail.requestConfig.elt, event.detail.xhr.status);
});
document.addEventListener("htmx:sendError", (event) => {
  if (isAct(event.detail)) tell(event.detail.requestConfig.elt, "offline");
});
document.addEventListener("htmx:timeout", (event) => {
  if (isAct(event.detail)) tell(event.detail.requestConfig.elt, "late");
});
// Back from the sign-in, which opens beside this page.
window.addEventListener("focus", async () => {
  const form = document.querySelector(".said[data-said=signed_out]")?.closest("form");
  if (form && (await renew().catch(() => false))) tell(form, "renewed");
});

// A message belongs to the act that it answers: it goes with the next one, or when what stands there has changed.
const messages = () => [...(document.getElementById("messages")?.children ?? [])];
let shownAt = Date.now();
let answers = false; // whether what is swapped in answers an act
document.addEventListener("htmx:beforeSwap", (event) => {
  answers = isAct(event.detail);
  if (!event.detail.shouldSwap || !answers) return;
  stoodAt = stepOf();
  for (const each of messages()) each.remove();
});
document.addEventListener("house:changed", () => {
  if (answers) return;
  for (const each of messages()) window.setTimeout(() => each.remove(), Math.max(0, shownAt + READ - Date.now()));
});

// After an act the next step is in view, with the focus on its headline: when it is another one, and when the button
// that was pressed is gone. A refresh never moves the focus.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!isAct(event.detail)) return;
  shownAt = Date.now();
  const headline = document.getElementById("next_title");
  const active = document.activeElement;
  const isLost = !active || active === document.body;
  if (!headline || !(isLost || (stoodAt !== stepOf() && !active.matches("[autofocus]")))) return;
  const card = messages().length ? document.getElementById("messages") : headline.closest("section");
  const box = headline.getBoundingClientRect();
  if (box.top < 0 || box.bottom > window.innerHeight) (card ?? headline).scrollIntoView({ block: "start" });
  headline.focus({ preventScroll: true });
  stoodAt = stepOf();
});
