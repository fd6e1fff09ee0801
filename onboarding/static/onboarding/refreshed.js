// Parts that look again by themselves (data-refresh): not while nobody can see them, at once when somebody can again.
// Each says as of when it is; where asking fails, it says so quietly, once, and goes on.
const parts = () => [...document.querySelectorAll("[data-refresh]")];
const isRefresh = (detail) => detail.requestConfig.elt.matches("[data-refresh]");
const wordsOf = (kind) => document.getElementById(`say_${kind}`).content.firstElementChild.cloneNode(true);

const lookNow = () => {
  if (document.hidden) return;
  for (const part of parts()) part.dispatchEvent(new CustomEvent("look"));
};
document.addEventListener("visibilitychange", lookNow);
window.addEventListener("online", lookNow);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) lookNow();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isRefresh(event.detail) && document.hidden) event.preventDefault();
});

// As of when: the moment of the answer by the server's own clock.
const postponed = new WeakSet();
const told = () => document.querySelectorAll(".as-of");
const isSaidAt = (line) => line.nextElementSibling?.matches(".said");
const say = (kind) => {
  for (const line of told()) if (!isSaidAt(line)) line.after(wordsOf(kind));
};
const quiet = () => {
  for (const line of told()) if (isSaidAt(line)) line.nextElementSibling.remove();
};
const tell = (form, kind) => document.dispatchEvent(new CustomEvent("house:tell", { detail: { form, kind } }));
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, successful } = event.detail;
  if (!isRefresh(event.detail) || !successful || postponed.has(xhr)) return;
  quiet();
  const at = new Date(xhr.getResponseHeader("Date") ?? Date.now());
  for (const time of document.querySelectorAll(".as-of time")) time.dateTime = at.toISOString();
  document.dispatchEvent(new CustomEvent("house:times"));
});
document.addEventListener("house:postponed", (event) => {
  postponed.add(event.detail.xhr);
  if (event.detail.field) tell(event.detail.field.form, "changed");
});

// Failing. Who was signed out and has typed nothing is led to the sign-in; what is typed is not thrown away for that.
const fails = (event) => {
  if (isRefresh(event.detail)) say("stale");
};
document.addEventListener("htmx:sendError", fails);
document.addEventListener("htmx:timeout", fails);
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) fails(event);
  else if (isRefresh(event.detail)) {
    const leaving = { typed: null };
    document.dispatchEvent(new CustomEvent("house:leaving", { detail: leaving }));
    if (leaving.typed) tell(leaving.typed.form, "signed_out");
    else window.location.reload();
  }
});
