// Copy buttons: data-copy names the element whose text or value is copied. The button itself says that it was done, in
// its data-copied; where the browser refuses, the text is selected and <template id="say_uncopied"> says what to press.
const SAID_FOR = 4000; // milliseconds
const labels = new Map(); // what a button says by itself, while it says something else

const show = (button, text) => {
  const before = labels.get(button) ?? { nodes: [...button.childNodes] };
  window.clearTimeout(before.timer);
  if (!labels.has(button)) button.style.minWidth = `${button.offsetWidth}px`; // the button keeps its place
  button.replaceChildren(text);
  before.timer = window.setTimeout(() => {
    labels.delete(button);
    button.replaceChildren(...before.nodes);
    button.style.minWidth = "";
  }, SAID_FOR);
  labels.set(button, before);
};

const select = (source) => {
  if ("select" in source) {
    source.focus();
    source.select();
  } else document.getSelection().selectAllChildren(source);
};

const refuse = (button, source) => {
  const words = document.getElementById("say_uncopied").content.firstElementChild.cloneNode(true);
  select(source);
  if (button.nextElementSibling?.matches(".said")) button.nextElementSibling.remove();
  button.after(words);
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const source = button && document.querySelector(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim());
  } catch {
    refuse(button, source);
    return;
  }
  if (button.nextElementSibling?.matches(".said")) button.nextElementSibling.remove();
  show(button, `✓ ${button.dataset.copied}`);
  document.dispatchEvent(new CustomEvent("house:say", { detail: button.dataset.copied }));
});
