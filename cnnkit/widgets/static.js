// Takes the kernel's place in a page that has none: looks up the view that follows an event.

const data = JSON.parse(here.querySelector("script[type='application/json']").textContent);
const numbers = new Map(data.events.map((event, index) => [JSON.stringify(event), String(index)]));
const listeners = new Set();
// Equal parts of views are stored once; {"$": number} stands for one.
function whole(value) {
  if (Array.isArray(value)) return value.map(whole);
  if (value === null || typeof value !== "object") return value;
  if ("$" in value) return whole(data.parts[value.$]);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, whole(part)]));
}
const NEEDS_KERNEL = "This needs a running kernel: open the chapter's notebook in JupyterLab.";
let state = 0, answered = 0, unknown = false;

const model = {
  get: (name) => {
    if (name !== "view") return null;
    const view = whole(data.views[state]);
    const notes = { ...view.notes, kernel: ["plain", unknown ? NEEDS_KERNEL : ""] };
    return { ...view, notes, answered };
  },
  on: (_, listener) => listeners.add(listener),
  off: (_, listener) => listeners.delete(listener),
  send({ events }) {
    unknown = events.some((event) => !numbers.has(JSON.stringify(event)));
    for (const event of events) state = data.leads[state][numbers.get(JSON.stringify(event))] ?? state;
    answered += 1;
    setTimeout(() => listeners.forEach((listener) => listener()));
  },
};
here.querySelector(".cnnkit-still").remove();
widget.render({ model, el: here });
