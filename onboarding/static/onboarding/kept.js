// What a refresh must keep: what is folded, typed, chosen, focused and scrolled. All of it is read from the page itself
// just before the swap and never learnt from events, which a busy machine delivers after the swap.
const FIELDS = "input:not([type=hidden], [type=submit], [type=button]), select, textarea";

// The same element in the new content. Never guessed by its place: the focus must not slip to the neighbour's button.
const finderOf = (element) => {
  if (element.id) return () => document.getElementById(element.id);
  if (element.matches("summary") && element.parentElement.id) {
    return () => document.getElementById(element.parentElement.id)?.querySelector("summary");
  }
  if (element.form) {
    const twin = twinOf(element);
    return () => twin(document);
  }
  if (!element.matches("a[href]")) return () => null;
  return () => document.querySelector(`a[href="${CSS.escape(element.getAttribute("href"))}"]`);
};

// A field is the same when its form is sent to the same address and it has the same name; a box, also the same value.
const nameOf = (field) => {
  const value = field.matches("[type=radio], [type=checkbox], button") ? field.value : "";
  return [field.form?.getAttribute("action") ?? "", field.tagName, field.name, value].join("\n");
};
const twinOf = (field) => {
  const name = nameOf(field); // now: outside the page a field may have lost its form
  return (place) => [...place.querySelectorAll(field.tagName)].find((each) => nameOf(each) === name);
};

// Parts that scroll often have no id: the one with the same classes in the same surroundings.
const scrolledFinderOf = (element) => {
  if (element.id) return () => document.getElementById(element.id);
  const around = element.parentElement.closest("[id]")?.id;
  const alike = [element.tagName, ...element.classList].map((each) => CSS.escape(each)).join(".");
  const all = () => [...(document.getElementById(around)?.querySelectorAll(alike) ?? [])];
  const place = all().indexOf(element);
  return () => all()[place];
};

const isTyped = (field) => {
  if (field.matches("[type=radio], [type=checkbox]")) return field.checked !== field.defaultChecked;
  if (!field.matches("select")) return field.value !== field.defaultValue;
  const usual = field.querySelector("option[selected]") ?? (field.multiple ? null : field.options[0]);
  return [...field.options].some((each) => each.selected !== (each.defaultSelected || each === usual));
};
const typedIn = (place, except) =>
  [...place.querySelectorAll(FIELDS)].filter((field) => !(except && field.form === except) && isTyped(field));

const caretOf = (field) => {
  if (!field.matches("input, textarea") || field.selectionStart === null) return null;
  return [field.selectionStart, field.selectionEnd, field.selectionDirection];
};

// What was read belongs to these elements, which are gone after the swap; what is returned puts it back.
const keepFolds = (except) => {
  const folds = [...document.querySelectorAll("details[id]")]
    .filter((fold) => !fold.contains(except)) // what was asked there is answered
    .map((fold) => [fold.id, fold.open]);
  return () => {
    for (const [id, open] of folds) {
      const fold = document.getElementById(id);
      if (fold && fold.open !== open) fold.open = open;
    }
  };
};
const keepTyped = (except) => {
  const fields = typedIn(document, except).map((field) => [field, twinOf(field)]);
  return () => {
    for (const [old, twin] of fields) {
      const field = old.isConnected ? null : twin(document);
      if (!field) continue;
      if (field.matches("[type=radio], [type=checkbox]")) field.checked = old.checked;
      else if (!field.matches("select")) field.value = old.value;
      else {
        const chosen = [...old.selectedOptions].map((each) => each.value);
        for (const option of field.options) option.selected = chosen.includes(option.value);
      }
    }
  };
};
// Why something was not saved stays said until it is sent again; it was read out once, when it happened.
const keepSaid = (except) => {
  const said = [...document.querySelectorAll("form .said")]
    .filter((words) => !except?.contains(words))
    .map((words) => [words, words.closest("form").getAttribute("action")]);
  return () => {
    for (const [words, action] of said) {
      const form = words.isConnected ? null : document.querySelector(`form[action="${CSS.escape(action)}"]`);
      if (!form || form.querySelector(".said")) continue;
      words.removeAttribute("role");
      const actions = form.querySelector(".form-actions");
      if (actions) actions.before(words);
      else form.append(words);
    }
  };
};
const keepFocus = () => {
  const active = document.activeElement;
  if (!active || active === document.body) return () => {};
  const find = finderOf(active);
  const caret = caretOf(active);
  return () => {
    const field = active.isConnected ? null : find();
    if (!field) return;
    field.focus({ preventScroll: true });
    if (caret && caretOf(field)) field.setSelectionRange(...caret);
  };
};
const keepScrolled = () => {
  const parts = [...document.querySelectorAll("body *")]
    .filter((part) => part.scrollTop || part.scrollLeft)
    .map((part) => [scrolledFinderOf(part), part.scrollTop, part.scrollLeft]);
  return () => {
    for (const [find, top, left] of parts) find()?.scrollTo({ top, left, behavior: "instant" });
  };
};

// The page stays where it is read: at the focused element, or else at the first one in the window that has an id and
// is still there afterwards.
const keepPlace = () => {
  const { scrollX, scrollY } = window;
  const places = [document.activeElement, ...document.querySelectorAll("main [id]")]
    .map((each) => [each?.id, each?.getBoundingClientRect().top])
    .filter(([id, top]) => id && top >= 0 && top < window.innerHeight);
  return () => {
    if (!scrollY) return;
    const [id, top] = places.find((each) => document.getElementById(each[0])) ?? [];
    const moved = id ? document.getElementById(id).getBoundingClientRect().top - top : scrollY - window.scrollY;
    window.scrollTo({ top: window.scrollY + moved, left: scrollX, behavior: "instant" });
  };
};

// Whether the answer has no place for something that is typed in what it replaces.
const takesAway = (target, html) => {
  const typed = typedIn(document);
  if (!typed.length) return null;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const replaced = [...fresh.querySelectorAll("[hx-swap-oob]")].map((each) => document.getElementById(each.id));
  return typed.find((field) => [target, ...replaced].some((each) => each?.contains(field)) && !twinOf(field)(fresh));
};

let composing = false;
document.addEventListener("compositionstart", () => {
  composing = true;
});
document.addEventListener("compositionend", () => {
  composing = false;
});
const isInHand = () => {
  const selection = document.getSelection();
  const marked = selection && !selection.isCollapsed && document.querySelector("main")?.contains(selection.anchorNode);
  return composing || marked || (CSS.supports("selector(:open)") && document.querySelector("select:open") !== null);
};

let restore = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { shouldSwap, target, serverResponse, requestConfig, xhr } = event.detail;
  restore = null;
  if (!shouldSwap) return;
  const refreshes = requestConfig.verb === "get";
  const homeless = refreshes && takesAway(target, serverResponse);
  if (refreshes && (homeless || isInHand())) {
    event.detail.shouldSwap = false;
    event.target.dispatchEvent(new CustomEvent("house:postponed", { bubbles: true, detail: { xhr, field: homeless } }));
    return;
  }
  const sent = refreshes ? null : requestConfig.elt;
  const kept = [keepFolds(sent), keepTyped(sent), keepSaid(sent), keepScrolled(), keepFocus(), keepPlace()];
  restore = () => {
    for (const each of kept) each();
  };
});

// htmx tells each new part; the first time, all of them are in the page.
document.addEventListener("htmx:afterSwap", () => {
  restore?.();
  restore = null;
});

// Whoever wants to leave the page by itself learns here what is typed on it.
document.addEventListener("house:leaving", (event) => {
  event.detail.typed = typedIn(document)[0];
});
