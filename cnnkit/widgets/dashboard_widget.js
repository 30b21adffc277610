// Drawing on the picture: the mouse, a finger or a pen drags, Space and Enter put the keys' pen down.

const PEN_KEYS = [" ", "Enter"];

function drawing(root, send) {
  const stage = root.querySelector(".stage");
  let last = null; // where the pointer was, in the picture's pixels
  // The canvas is drawn anew while it is drawn on: it is looked up each time.
  const pad = () => root.querySelector('[data-name="pad"] canvas');
  const placeOf = (event) => {
    const { left, top, width, height } = pad().getBoundingClientRect();
    const round = (value) => Math.round(100 * value) / 100;
    return [round((event.clientY - top) / height * pad().height),
      round((event.clientX - left) / width * pad().width)];
  };
  const drag = (event) => {
    if (!last) return;
    const now = placeOf(event);
    send({ draw: [...last, ...now] });
    last = now;
  };
  const listeners = {
    pointerdown(event) {
      if (event.button !== 0 || !event.target.closest('[data-name="pad"] .picture')) return;
      event.preventDefault();
      stage.focus({ preventScroll: true });
      stage.setPointerCapture(event.pointerId);
      last = placeOf(event);
      drag(event);
    },
    pointermove: drag,
    pointerup() { last = null; },
    pointercancel() { last = null; },
    keydown(event) {
      if (event.target !== stage || !PEN_KEYS.includes(event.key)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      event.preventDefault();
      if (!event.repeat) send({ press: "pen" });
    },
  };
  for (const [name, listener] of Object.entries(listeners)) stage.addEventListener(name, listener);
  return {
    // At the end of a training Play goes away: who had just pressed it keeps a place to go on from.
    draw(view) {
      const held = document.activeElement;
      if (!view.play && held && held.classList.contains("play") && root.contains(held)) stage.focus();
    },
  };
}

const widget = board({ build: drawing });
