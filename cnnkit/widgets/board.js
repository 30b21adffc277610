// board(own): a widget that shows the view of cnnkit/widgets/base.py. Own kinds of figures and
// elements that must outlive a view (a canvas to draw on) are given by the widget's own script.

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown",
  "Escape"];

function buildStage(send, own, play) {
  const box = make("div", { class: "stage" });
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || !KEYS.includes(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    play.stop();
    send({ move: event.key });
  });
  // Only a stage that says what its keys do takes the keyboard.
  function listen(label) {
    if (box.getAttribute("aria-label") === label) return;
    const names = { tabindex: 0, role: "application", "aria-label": label, "data-lm-suppress-shortcuts": "true" };
    for (const [name, value] of Object.entries(names)) {
      if (label) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }
  function draw(stage) {
    box.hidden = !stage;
    if (!stage) return;
    listen(stage.label || null);
    keepScrolled(() => show(stage.rows));
  }
  // A figure that is as it was stays in the page: most events change few of them, or little in them.
  let shown = { lengths: "", figures: [] };
  function drawn({ bytes, ...figure }, at) {
    const [moving, move] = (!own[figure.kind] && MOVING[figure.kind]) || [];
    const text = JSON.stringify(moving ? { ...figure, [moving]: null } : figure);
    const old = shown.figures[at];
    if (!old || old.text !== text || !sameBytes(old.bytes, bytes)) {
      return { text, bytes, figure, node: drawFigure({ ...figure, bytes }, send, own) };
    }
    if (moving && JSON.stringify(figure[moving]) !== JSON.stringify(old.figure[moving])) {
      move(old.node, old.figure, figure);
    }
    return { ...old, figure };
  }
  function show(rows) {
    const lengths = rows.map((row) => row.length).join(), figures = rows.flat().map(drawn);
    if (lengths === shown.lengths) {
      figures.forEach(({ node }, at) => {
        if (node !== shown.figures[at].node) shown.figures[at].node.replaceWith(node);
      });
    } else {
      const left = figures.map(({ node }) => node);
      box.replaceChildren(...rows.map((row) =>
        make("div", { class: "figures" }, ...left.splice(0, row.length))));
    }
    shown = { lengths, figures };
  }
  // What scrolls by itself stays where it was scrolled to, and keeps the focus.
  function keepScrolled(redraw) {
    const wide = () => [...box.querySelectorAll(".wide")];
    const before = wide().map((node) => [node.scrollLeft, node === document.activeElement]);
    redraw();
    wide().forEach((node, at) => {
      const [left, held] = before[at] || [];
      if (left) node.scrollLeft = left;
      if (held) node.focus({ preventScroll: true });
    });
  }
  return { box, draw };
}

// Lines of text by name: made once, as a live region must be there before its text changes.
function buildLines(attributes) {
  const box = make("div"), lines = new Map();
  function draw(entries) {
    for (const name of lines.keys()) if (!(name in entries)) say(lines.get(name), "");
    for (const [name, [kind, text]] of Object.entries(entries)) {
      if (!lines.has(name)) {
        lines.set(name, make("p", attributes));
        box.append(lines.get(name));
      }
      lines.get(name).className = `${kind} ${name}`;
      say(lines.get(name), text);
    }
  }
  return { box, draw };
}

function board({ figures = {}, build = null } = {}) {
  function assemble(root, send) {
    const about = make("p", { class: "about" }), live = make("p", { class: "live", role: "status" });
    const controls = buildControls(send), prediction = buildPrediction(send), play = buildPlay(send);
    const notes = buildLines({ role: "status" }), texts = buildLines({});
    const stage = buildStage(send, figures, play);
    root.append(about, controls.box, prediction.row, prediction.verdict, notes.box, stage.box);
    const more = build ? build(root, send) : {};
    root.append(make("div", { class: "buttons" }, play.button), live, texts.box);

    function draw(view) {
      const predicting = prediction.holds(document.activeElement);
      say(about, view.about || "");
      controls.draw(view.controls);
      prediction.draw(view.prediction);
      notes.draw(Object.fromEntries(Object.entries(view.notes || {}).map(
        ([name, [kind, text]]) => [name, ["note " + kind, text]])));
      stage.draw(view.stage);
      if (more.draw) more.draw(view);
      play.draw(view.play);
      // Nobody can listen as fast as it plays.
      live.setAttribute("aria-live", play.runs() ? "off" : "polite");
      say(live, view.live);
      texts.draw(Object.fromEntries(Object.entries(view.texts || {}).map(
        ([name, text]) => [name, ["text", [text].flat().join("\n")]])));
      // The keys are wanted there next.
      if (predicting && view.prediction && view.prediction.done) stage.box.focus();
    }
    return { draw, stop: () => { play.stop(); if (more.stop) more.stop(); } };
  }
  return { render: (context) => mount(context, assemble) };
}
