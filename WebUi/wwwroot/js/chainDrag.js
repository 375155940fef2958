// Dragging an NF on the chain's picture: only the drop crosses the network.
const START_PIXELS = 6;

export function watch(frame, page) {
  let held = null;

  function down(event) {
    const head = event.target.closest("[data-nf-head]");
    if (head && event.button === 0) {
      held = { nf: head.closest("[data-nf]"), head, x: event.clientX, y: event.clientY, ghost: null };
    }
  }

  function move(event) {
    if (!held) {
      return;
    }
    if (!held.ghost) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < START_PIXELS) {
        return;
      }
      held.ghost = document.createElement("div");
      held.ghost.className = "drag-ghost";
      held.ghost.textContent = held.nf.dataset.nf;
      document.body.append(held.ghost);
      frame.classList.add("dragging");
    }
    event.preventDefault();
    held.ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`;
    frame.querySelectorAll(".slot.near").forEach(slot => slot.classList.remove("near"));
    slotAt(event)?.classList.add("near");
  }

  function up(event) {
    if (!held) {
      return;
    }
    const { nf, ghost } = held;
    held = null;
    if (!ghost) {
      return;
    }
    const slot = slotAt(event);
    ghost.remove();
    frame.classList.remove("dragging");
    swallowClick();
    if (slot) {
      page.invokeMethodAsync("Dropped", nf.dataset.nf, Number(slot.dataset.stage), Number(slot.dataset.index));
    }
  }

  function slotAt(event) {
    return document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-slot]") ?? null;
  }

  // The click that ends a drag must not select; when no click follows, the next one is left alone.
  function swallowClick() {
    const swallow = event => event.stopPropagation();
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  }

  frame.addEventListener("pointerdown", down);
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  return {
    dispose() {
      frame.removeEventListener("pointerdown", down);
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
    },
  };
}
