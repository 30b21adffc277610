const CELL = 30; // pixels of a cell where there is room
const SLIDERS = {
  height: "height", width: "width", kernel: "kernel", stride: "stride",
  padding: "padding", dilation: "dilation", channels: "channels C", filters: "filters O",
};
const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

function background(level, grey) {
  if (grey) {
    const shade = Math.round(255 * level);
    return `rgb(${shade} ${shade} ${shade})`;
  }
  return `rgb(var(--${level < 0 ? "orange" : "blue"}) / ${0.45 * Math.abs(level)})`;
}

function drawCell(grid, i, j, hatch) {
  const text = grid.text[i][j], level = grid.fill[i][j];
  const mark = grid.marks.length ? grid.marks[i][j] : "";
  const pad = mark.includes("pad");
  const box = { x: j * CELL, y: i * CELL, width: CELL, height: CELL };
  const ink = !grid.grey || pad ? "ink" : level < 0.45 ? "white" : "black";
  const cell = make("g", { class: "cell " + mark, "data-at": `${i},${j}` },
    make("rect", { ...box, class: "ground",
      style: pad ? "fill: none" : `fill: ${background(level, grid.grey)}` }));
  if (mark.includes("lost") || mark.includes("wrong")) {
    cell.append(make("rect", { ...box, fill: `url(#${hatch})`, class: "hatch" }));
  }
  // Three characters fit inside the outline; under the sign of a wrong value there is less room.
  const wrong = mark.includes("wrong"), size = Math.min(wrong ? 13 : 16, 34 / text.length);
  const middle = (i + (wrong ? 0.7 : 0.5)) * CELL;
  cell.append(make("text", { x: (j + 0.5) * CELL, y: middle + size * 0.36,
    class: ink, "font-size": size }, text));
  if (wrong) {
    cell.append(make("text", { x: (j + 0.77) * CELL, y: i * CELL + 10.5, class: "ink sign" }, "≠"));
  }
  return cell;
}

// Outlines come last, so that no neighbour covers them.
function outlines(grid) {
  const found = [];
  grid.marks.forEach((row, i) => row.forEach((mark, j) => {
    if (!/tap|here/.test(mark)) return;
    const box = { x: j * CELL + 1, y: i * CELL + 1, width: CELL - 2, height: CELL - 2 };
    found.push(make("rect", { ...box, class: "halo" }), make("rect", { ...box, class: "outline" }));
  }));
  return found;
}

function drawGrid(grid, scale) {
  const rows = grid.text.length, columns = grid.text[0].length, hatch = uid();
  const edge = grid.ruled ? 0.7 * CELL : 2;
  const wide = columns * CELL + edge + 2, high = rows * CELL + edge + 2;
  const lines = make("pattern", { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" }, make("path", { d: "M0 0V6", class: "hatching" }));
  const svg = make("svg", { role: "img", "aria-label": grid.label,
    viewBox: `${-edge} ${-edge} ${wide} ${high}`, style: `width: ${wide * scale}px` }, make("defs", {}, lines));
  const ruler = (at, count, x, y) => { // counts the image's pixels: the padding has no number
    const index = at + grid.first;
    const inside = grid.ruled && index >= 0 && index < count + 2 * grid.first;
    if (inside) svg.append(make("text", { x, y, class: "ruler" }, String(index)));
  };
  for (let j = 0; j < columns; j++) ruler(j, columns, (j + 0.5) * CELL, -6);
  for (let i = 0; i < rows; i++) ruler(i, rows, -edge / 2, (i + 0.62) * CELL);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) svg.append(drawCell(grid, i, j, hatch));
  }
  svg.append(...outlines(grid));
  return make("figure", {}, make("figcaption", {}, grid.caption), svg);
}

function buildSliders(send, { setting, limits }) {
  const inputs = {};
  const box = make("div", { class: "sliders" });
  for (const [name, label] of Object.entries(SLIDERS)) {
    const value = make("b", { "aria-hidden": "true" }, String(setting[name]));
    const [min, max] = limits[name];
    const input = make("input", { type: "range", min, max, step: 1, disabled: min === max && "" });
    input.value = setting[name];
    input.addEventListener("input", () => {
      value.textContent = input.value;
      send({ set: name, value: Number(input.value) });
    });
    inputs[name] = { input, value };
    box.append(make("label", {}, make("span", {}, label, " ", value), input));
  }
  // A slider in use keeps its own value: Python's answer to an earlier step may still arrive.
  const draw = (setting) => Object.entries(inputs).forEach(([name, { input, value }]) => {
    if (document.activeElement === input) return;
    input.value = setting[name];
    value.textContent = setting[name];
  });
  return { box, draw };
}

function buildPrediction(send) {
  // Inside JupyterLab, Enter in a text field does not submit the form by itself.
  const entered = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit();
  };
  const field = (label) => make("input", { type: "text", inputmode: "numeric", size: 3,
    autocomplete: "off", "aria-label": `predicted output ${label}`, onkeydown: entered });
  const height = field("height"), width = field("width");
  const button = make("button", { type: "submit" }, "Check");
  const skip = make("input", { type: "checkbox", onchange: () => send({ skip: skip.checked }) });
  const form = make("form", { onsubmit: (event) => {
    event.preventDefault();
    send({ predict: [height.value, width.value] });
  } }, make("span", {}, "Predict the output: height"), height, make("span", {}, "× width"), width, button);
  const box = make("div", { class: "prediction" }, form,
    make("label", {}, skip, " show without predicting"));
  const draw = ({ shown, fits, skip: skipped }) => {
    const done = shown || !fits;
    form.hidden = skipped;
    if (!done && button.disabled) height.value = width.value = "";
    for (const node of [height, width, button]) node.disabled = done;
    if (document.activeElement !== skip) skip.checked = skipped;
  };
  return { box, form, draw };
}

function buildPlay(send) {
  let timer = null;
  const button = make("button", { type: "button", onclick: () => (timer ? stop() : start()) }, "Play");
  function start() {
    timer = setInterval(() => send({ move: "next" }), 700);
    button.textContent = "Pause";
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }
  return { button, stop };
}

function buildExplorer(root, send, first) {
  const sliders = buildSliders(send, first);
  const prediction = buildPrediction(send);
  const play = buildPlay(send);
  const filter = make("select", { "aria-label": "filter shown",
    onchange: () => send({ filter: Number(filter.value) }) });
  const line = (kind, attributes = {}) => make("p", { class: kind, ...attributes });
  const status = (kind) => line(kind, { role: "status" });
  const verdict = status("note"), warning = status("note bad warning");
  const trouble = status("note bad trouble"), live = status("live");
  const stage = make("div", { class: "stage", tabindex: 0, role: "application",
    "aria-label": "Window over the image: arrow keys move it by one output place, Home and End "
      + "to the first and the last.", onkeydown: pressed, onclick: clicked });
  const reads = line("reads"), sum = line("sum"), formula = line("formula"), counts = line("counts");
  const legend = line("legend");
  const about = line("about");
  root.append(about, sliders.box, prediction.box, verdict, trouble, warning, stage,
    make("div", { class: "buttons" }, play.button, filter), live, reads, sum, legend, formula, counts);

  function pressed(event) {
    if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    play.stop();
    send({ move: event.key });
  }
  function clicked(event) {
    const cell = event.target.closest(".output .cell");
    if (!cell) return;
    const maps = [...stage.querySelectorAll(".output figure")];
    send({ go: [maps.indexOf(cell.closest("figure")), ...cell.dataset.at.split(",").map(Number)] });
  }
  function drawStage(view) {
    const hidden = make("p", { class: "hidden" }, view.shown || !view.fits ? "none" : "?");
    const part = (name, nodes) => make("div", { class: name }, ...nodes);
    const sign = (text) => make("span", { class: "operator", "aria-hidden": "true" }, text);
    const scale = view.inputs.length > 1 ? 0.8 : 1;
    const grids = (list) => list.map((grid) => drawGrid(grid, scale));
    stage.replaceChildren(part("input", grids(view.inputs)), sign("★"),
      part("kernel", grids(view.kernels)), sign(`+ ${view.bias} =`),
      part("output", view.outputs.length ? grids(view.outputs) : [hidden]));
  }
  function draw(view) {
    const predicting = prediction.form.contains(document.activeElement);
    sliders.draw(view.setting);
    prediction.draw(view);
    drawStage(view);
    if (predicting && view.shown) stage.focus(); // the keys are wanted there next
    say(about, view.about);
    say(verdict, view.skip ? "" : view.verdict);
    verdict.className = "note verdict " + (view.right ? "good" : "bad");
    say(trouble, view.trouble && "✗ " + view.trouble);
    say(warning, view.warning);
    say(live, view.live);
    say(reads, view.reads);
    say(sum, view.sum.join("\n"));
    say(formula, view.formula.join("\n"));
    say(counts, view.counts.join("\n"));
    say(legend, "Outlined: the window, and its place in the output. Dotted: padding."
      + (view.warning || view.trouble ? " Hatched: what the messages above are about." : ""));
    play.button.disabled = !view.shown;
    if (!view.shown) play.stop();
    drawFilters(view);
  }
  function drawFilters({ setting, filter: chosen }) {
    filter.hidden = setting.filters === 1;
    if (filter.length !== setting.filters) {
      filter.replaceChildren(...Array.from({ length: setting.filters }, (_, o) =>
        make("option", { value: o }, `filter ${o}`)));
    }
    filter.value = chosen;
  }
  return { draw, stop: play.stop };
}

export default {
  render(context) {
    const view = context.model.get("view");
    return mount(context, "Convolution explorer", (root, send) => buildExplorer(root, send, view));
  },
};
