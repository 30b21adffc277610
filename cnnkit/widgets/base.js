// Shared by all widgets: their scripts are put together into one text, this one first.

const SVG_TAGS = new Set(["svg", "g", "rect", "line", "path", "polyline", "circle", "text", "title",
  "defs", "pattern"]);
const FOCUSABLE = new Set(["button", "input", "select", "textarea", "summary"]);
const PATIENCE = 3000; // milliseconds without an answer before the page says so

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

// Only the last of several quick changes of one control, or moves of the mouse, matters.
function replaces(event, earlier) {
  return earlier && ((event.set && event.set === earlier.set) || (event.go && event.go === earlier.go));
}

// connect(model, slow): send(event) asks Python. One message at a time is on its way; what comes
// meanwhile is sent together afterwards, and Python draws once for all of it.
function connect(model, slow) {
  let waiting = false, queue = [], timer = null, last = null;
  function flush() {
    if (waiting || !queue.length) return;
    const events = queue;
    [waiting, queue] = [true, []];
    timer = setTimeout(() => slow(true), PATIENCE);
    model.send({ events });
  }
  function send(event) {
    if (replaces(event, queue.at(-1))) queue.pop();
    queue.push(event);
    flush();
  }
  send.busy = () => waiting || queue.length > 0;
  // Every answer has another number.
  send.answered = (number) => {
    if (number === last) return;
    last = number;
    clearTimeout(timer);
    slow(false);
    waiting = false;
    flush();
  };
  send.stop = () => clearTimeout(timer);
  return send;
}

// Pictures' bytes come beside the view, in its order, as they seldom change; a page without a
// kernel finds them in the view itself.
function viewOf(model) {
  const view = model.get("view");
  if (!view.stage) return view;
  const pictures = [...(model.get("pictures") || [])];
  const filled = (figure) =>
    figure.kind === "picture" && !figure.bytes ? { ...figure, bytes: pictures.shift() } : figure;
  return { ...view, stage: { ...view.stage, rows: view.stage.rows.map((row) => row.map(filled)) } };
}

// mount(context, build): build(root, send, view) makes the elements and returns {draw(view), stop()};
// draw is called for every view, stop (if any) at the end.
function mount({ model, el }, build) {
  const root = make("div", { class: "cnnkit", role: "group", "aria-label": model.get("view").label });
  const patience = make("p", { class: "note patience", role: "status" });
  const send = connect(model, (isSlow) => say(patience, isSlow
    ? "No answer from Python yet: it is busy with another cell, or was restarted (then run this cell again)."
    : ""));
  const { draw, stop } = build(root, send, viewOf(model));
  root.append(patience);
  const redraw = () => {
    const view = viewOf(model);
    send.answered(view.answered);
    draw(view);
  };
  model.on("change:view", redraw);
  redraw();
  el.append(root);
  return () => {
    model.off("change:view", redraw);
    send.stop();
    if (stop) stop();
  };
}
