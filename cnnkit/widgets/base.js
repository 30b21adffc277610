// Shared by all widgets: this text is put before the widget's own script.
// Python holds what is to be seen in `view`; a script builds its elements once, draws each
// new view into them, and sends what the student does to Python as an event.

const SVG_TAGS = new Set(["svg", "g", "rect", "line", "path", "text", "title", "defs", "pattern"]);
const FOCUSABLE = new Set(["button", "input", "select", "textarea"]);

// make("p", {class: "note", onclick: f}, "text", child): an element with what it holds.
// JupyterLab takes arrow keys and Enter for its shortcuts, unless the element in focus
// carries data-lm-suppress-shortcuts.
function make(tag, attributes = {}, ...children) {
  const node = SVG_TAGS.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) {
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  node.append(...children);
  return node;
}

function uid() {
  return "cnnkit-" + Math.random().toString(36).slice(2);
}

// Sets an element's text only when it changes, so that a live region does not repeat itself.
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// mount(context, label, build): build(root, send) makes the elements and returns
// {draw(view), stop()}; draw is called for every view, stop (if any) at the end.
function mount({ model, el }, label, build) {
  const root = make("div", { class: "cnnkit", role: "group", "aria-label": label });
  const { draw, stop } = build(root, (event) => model.send(event));
  const redraw = () => draw(model.get("view"));
  model.on("change:view", redraw);
  redraw();
  el.append(root);
  return () => {
    model.off("change:view", redraw);
    if (stop) stop();
  };
}
